package dev.triptych.core.timeline;

import java.io.Serializable;

/** Spans in a row, in arrays of fixed length. Not thread-safe. */
final class SpanBuffer implements Serializable {
  private static final long serialVersionUID = 1L;

  private final long[] numbers;
  private final long[] starts;
  private final long[] ends;
  private final byte[] kinds;
  private int first;
  private int size;
  // Takes no more: what comes would not follow on what is there.
  private boolean closed;
  // From when on it covers everything, until its last span's end.
  private long since;

  SpanBuffer(int capacity) {
    this.numbers = new long[capacity];
    this.starts = new long[capacity];
    this.ends = new long[capacity];
    this.kinds = new byte[capacity];
  }

  /** Empties it for what comes from a time on. */
  void begin(long from) {
    first = 0;
    size = 0;
    closed = false;
    since = from;
  }

  void close() {
    closed = true;
  }

  /** Adds a span if there is room. */
  void offer(long number, int kind, long start, long end) {
    if (!closed && size < numbers.length) {
      put(number, kind, start, end);
    }
  }

  /** Adds a span, the oldest one giving way. */
  void push(long number, int kind, long start, long end) {
    if (size == numbers.length) {
      first = (first + 1) % numbers.length;
      size--;
    }
    put(number, kind, start, end);
  }

  private void put(long number, int kind, long start, long end) {
    int at = index(size);
    numbers[at] = number;
    kinds[at] = (byte) kind;
    starts[at] = start;
    ends[at] = end;
    size++;
  }

  private int index(int k) {
    return (first + k) % numbers.length;
  }

  int size() {
    return size;
  }

  long since() {
    return since;
  }

  long number(int k) {
    return numbers[index(k)];
  }

  int kind(int k) {
    return kinds[index(k)];
  }

  long start(int k) {
    return starts[index(k)];
  }

  long end(int k) {
    return ends[index(k)];
  }
}
