package dev.triptych.spark.exchange;

import java.nio.ByteBuffer;

/**
 * Puts the bytes of an upload into a vector as they arrive, or adds them. Bytes may come in any
 * portions, also cut inside a value. Not thread-safe.
 */
public final class VectorSink {
  private final Vector vector;
  private final boolean sum;
  private final int end;
  // What came of a value that is cut by the end of a portion.
  private final ByteBuffer cut;
  private int next;

  /**
   * @param sum whether to add
   * @param begin first value
   * @param end after the last value
   */
  public VectorSink(Vector vector, boolean sum, int begin, int end) {
    this.vector = vector;
    this.sum = sum;
    this.next = begin;
    this.end = end;
    this.cut = ByteBuffer.allocate(vector.valueBytes());
  }

  /**
   * Takes the next bytes, all of them.
   *
   * @throws IllegalArgumentException if there are more than were announced
   */
  public void take(ByteBuffer bytes) {
    if (cut.position() + (long) bytes.remaining() > (end - next) * (long) cut.capacity()) {
      throw new IllegalArgumentException("more bytes than were announced");
    }
    while (cut.position() > 0 && bytes.hasRemaining()) {
      cut.put(bytes.get());
      if (!cut.hasRemaining()) {
        whole(cut.flip());
        cut.clear();
      }
    }
    int limit = bytes.limit();
    int rest = bytes.remaining() % cut.capacity();
    if (bytes.remaining() > rest) {
      bytes.limit(limit - rest);
      whole(bytes);
      bytes.limit(limit);
    }
    cut.put(bytes);
  }

  private void whole(ByteBuffer values) {
    int count = values.remaining() / cut.capacity();
    if (sum) {
      vector.add(next, values);
    } else {
      vector.put(next, values);
    }
    next += count;
  }

  /**
   * Ends it.
   *
   * @throws IllegalArgumentException if bytes are missing
   */
  public void complete() {
    if (next != end || cut.position() > 0) {
      throw new IllegalArgumentException("the bytes ended " + (end - next) + " values too early");
    }
  }
}
