package dev.triptych.core.state;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Writes a state: eight bytes that name the format, its version, the parts in the order of the
 * calls, and the CRC32C of everything before. Little-endian. Vectors are written page by page; a
 * page of zeros takes one byte. Not thread-safe.
 */
public final class StateWriter {
  /** Doubles in a page of a vector. */
  public static final int PAGE_LENGTH = 4096;

  static final long MAGIC = 0x4554_4154_5350_5254L; // TRPSTATE
  static final int VERSION = 2;

  private final OutputStream out;
  private final CRC32C checksum = new CRC32C();
  private final ByteBuffer buffer =
      ByteBuffer.allocate(PAGE_LENGTH * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /** Begins a state; the stream is not closed here. */
  public StateWriter(OutputStream out) throws IOException {
    this.out = out;
    putLong(MAGIC).putInt(VERSION);
  }

  public StateWriter putByte(int value) throws IOException {
    room(1).put((byte) value);
    return this;
  }

  public StateWriter putBoolean(boolean value) throws IOException {
    return putByte(value ? 1 : 0);
  }

  public StateWriter putInt(int value) throws IOException {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  public StateWriter putLong(long value) throws IOException {
    room(Long.BYTES).putLong(value);
    return this;
  }

  public StateWriter putDouble(double value) throws IOException {
    room(Double.BYTES).putDouble(value);
    return this;
  }

  /** A count, then the bytes. */
  public StateWriter putBytes(byte[] values) throws IOException {
    putInt(values.length);
    for (int from = 0; from < values.length; ) {
      int length = Math.min(room(1).remaining(), values.length - from);
      buffer.put(values, from, length);
      from += length;
    }
    return this;
  }

  /** As {@link #putBytes} of its UTF-8. */
  public StateWriter putString(String text) throws IOException {
    return putBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A count, then the values. */
  public StateWriter putInts(int[] values) throws IOException {
    putInt(values.length);
    for (int value : values) {
      putInt(value);
    }
    return this;
  }

  /** A count, then the values. */
  public StateWriter putLongs(long[] values) throws IOException {
    putInt(values.length);
    for (long value : values) {
      putLong(value);
    }
    return this;
  }

  /** A count, then {@linkplain #putPage pages} of {@link #PAGE_LENGTH}, the last one shorter. */
  public StateWriter putVector(double[] values) throws IOException {
    putInt(values.length);
    for (int from = 0; from < values.length; from += PAGE_LENGTH) {
      putPage(values, from, Math.min(PAGE_LENGTH, values.length - from));
    }
    return this;
  }

  /** One byte 0 if all are positive zeros, else one byte 1 and the values. */
  public StateWriter putPage(double[] values, int from, int length) throws IOException {
    if (isZero(values, from, length)) {
      return putByte(0);
    }
    putByte(1);
    for (int j = from; j < from + length; j++) {
      room(Double.BYTES).putDouble(values[j]);
    }
    return this;
  }

  /** Writes the checksum and what is buffered. */
  public void finish() throws IOException {
    drain();
    long sum = checksum.getValue();
    putInt((int) sum);
    drain();
  }

  private static boolean isZero(double[] values, int from, int length) {
    for (int j = from; j < from + length; j++) {
      if (Double.doubleToRawLongBits(values[j]) != 0) {
        return false;
      }
    }
    return true;
  }

  private ByteBuffer room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      drain();
    }
    return buffer;
  }

  private void drain() throws IOException {
    checksum.update(buffer.array(), 0, buffer.position());
    out.write(buffer.array(), 0, buffer.position());
    buffer.clear();
  }
}
