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
  private final @Nullable Turn turn;
  private final boolean sum;
  private final int numBytes;
  private final Consumer<@Nullable ByteBuffer> whenComplete;
  private final Consumer<@Nullable Throwable> whenFailed;
  private final @Nullable ByteBuffer kept;
  // What came of a value that is cut by the end of a buffer.
  private final ByteBuffer cut;
  private int taken;
  private int next;

  /**
   * @param turn the node's part of the all-reduce, or null if it has not begun
   * @param sum whether to add
   * @param begin first value of the piece
   * @param numBytes of the piece
   * @param whenComplete gets the bytes if they had to be kept
   */
  PieceSink(
      @Nullable Turn turn,
      boolean sum,
      int begin,
      int numBytes,
      int valueBytes,
      Consumer<@Nullable ByteBuffer> whenComplete,
      Consumer<@Nullable Throwable> whenFailed) {
    this.turn = turn;
    this.sum = sum;
    this.next = begin;
    this.numBytes = numBytes;
    this.whenComplete = whenComplete;
    this.whenFailed = whenFailed;
    this.kept = turn == null ? ByteBuffer.allocate(numBytes) : null;
    this.cut = ByteBuffer.allocate(valueBytes);
  }

  @Override
  public void take(ByteBuffer bytes) {
    taken += bytes.remaining();
    if (taken > numBytes) {
      throw new IllegalArgumentException("a piece of " + numBytes + " bytes goes on");
    }
    if (kept != null) {
      kept.put(bytes);
      return;
    }
    while (cut.position() > 0 && bytes.hasRemaining()) {
      cut.put(bytes.get());
      if (!cut.hasRemaining()) {
        whole(cut.flip());
        cut.clear();
      }
    }
    int end = bytes.limit();
    int rest = bytes.remaining() % cut.capacity();
    if (bytes.remaining() > rest) {
      bytes.limit(end - rest);
      whole(bytes);
      bytes.limit(end);
    }
    cut.put(bytes);
  }

  private void whole(ByteBuffer values) {
    int count = values.remaining() / cut.capacity();
    if (turn != null) {
      accept(turn.vector, sum, next, values);
    }
    next += count;
  }

  static void accept(Vector vector, boolean sum, int begin, ByteBuffer values) {
    if (sum) {
      vector.add(begin, values);
    } else {
      vector.put(begin, values);
    }
  }

  @Override
  public void complete() {
    if (taken != numBytes) {
      throw new IllegalArgumentException("a piece of " + numBytes + " bytes ended after " + taken);
    }
    whenComplete.accept(kept == null ? null : kept.flip());
  }

  @Override
  public void failed(@Nullable Throwable cause) {
    whenFailed.accept(cause);
  }
}
