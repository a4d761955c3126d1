package dev.triptych.async.function;

/** One vector's part in a shard, to be read. */
public interface VectorView {
  /** Values in this shard. */
  int length();

  /** The value at a position from 0 to {@code length() − 1}. */
  double at(int position);
}
