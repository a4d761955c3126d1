package dev.triptych.spark.exchange;

import dev.triptych.spark.transport.UploadSource;
import java.nio.ByteBuffer;

/**
 * Values of a vector as the body of an upload, read from the array when the socket takes them.
 *
 * @param begin first value
 * @param end after the last value
 */
public record VectorSource(Vector vector, int begin, int end) implements UploadSource {
  @Override
  public long numBytes() {
    return (long) (end - begin) * vector.valueBytes();
  }

  @Override
  public void write(long position, ByteBuffer out) {
    int valueBytes = vector.valueBytes();
    int value = begin + (int) (position / valueBytes);
    int skip = (int) (position % valueBytes);
    if (skip == 0 && out.remaining() % valueBytes == 0) {
      vector.write(value, out);
      return;
    }
    // A socket has stopped inside a value.
    int numValues = (skip + out.remaining() + valueBytes - 1) / valueBytes;
    ByteBuffer whole = ByteBuffer.allocate(numValues * valueBytes);
    vector.write(value, whole);
    out.put(whole.flip().position(skip).limit(skip + out.remaining()));
  }
}
