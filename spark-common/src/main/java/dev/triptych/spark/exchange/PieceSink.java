package dev.triptych.spark.exchange;

import dev.triptych.spark.transport.UploadSink;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the values of a piece as they arrive: straight into the node's array if it is in that
 * all-reduce, else into a buffer.
 */
final class PieceSink implements UploadSink {
  private final @Nullable VectorSink sink;
  private final @Nullable ByteBuffer kept;
  private final Consumer<@Nullable ByteBuffer> whenComplete;
  private final Consumer<@Nullable Throwable> whenFailed;

  private PieceSink(
      @Nullable VectorSink sink,
      @Nullable ByteBuffer kept,
      Consumer<@Nullable ByteBuffer> whenComplete,
      Consumer<@Nullable Throwable> whenFailed) {
    this.sink = sink;
    this.kept = kept;
    this.whenComplete = whenComplete;
    this.whenFailed = whenFailed;
  }

  /**
   * For a node that is in the all-reduce.
   *
   * @param whenComplete called without bytes
   */
  static PieceSink into(
      VectorSink sink,
      Consumer<@Nullable ByteBuffer> whenComplete,
      Consumer<@Nullable Throwable> whenFailed) {
    return new PieceSink(sink, null, whenComplete, whenFailed);
  }

  /**
   * For a node that has not begun.
   *
   * @param whenComplete gets the bytes
   */
  static PieceSink keeping(
      int numBytes,
      Consumer<@Nullable ByteBuffer> whenComplete,
      Consumer<@Nullable Throwable> whenFailed) {
    return new PieceSink(null, ByteBuffer.allocate(numBytes), whenComplete, whenFailed);
  }

  @Override
  public void take(ByteBuffer bytes) {
    if (sink != null) {
      sink.take(bytes);
    } else if (kept != null) {
      if (bytes.remaining() > kept.remaining()) {
        throw new IllegalArgumentException("more bytes than were announced");
      }
      kept.put(bytes);
    }
  }

  @Override
  public void complete() {
    if (sink != null) {
      sink.complete();
    }
    if (kept != null && kept.hasRemaining()) {
      throw new IllegalArgumentException("the bytes ended " + kept.remaining() + " too early");
    }
    whenComplete.accept(kept == null ? null : kept.flip());
  }

  @Override
  public void failed(@Nullable Throwable cause) {
    whenFailed.accept(cause);
  }
}
