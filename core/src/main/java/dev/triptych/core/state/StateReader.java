package dev.triptych.core.state;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Reads what {@link StateWriter} has written. Counts are checked against what the caller expects
 * before anything is allocated. A caller trusts what it has read only after {@link #finish}. Not
 * thread-safe.
 */
public final class StateReader {
  private final InputStream in;
  private final CRC32C checksum = new CRC32C();
  private final ByteBuffer buffer =
      ByteBuffer.allocate(StateWriter.PAGE_LENGTH * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Begins reading; the stream is not closed here.
   *
   * @throws DamagedStateException if another format begins there
   */
  public StateReader(InputStream in) throws IOException {
    this.in = in;
    if (readLong() != StateWriter.MAGIC) {
      throw new DamagedStateException("this is no saved state");
    }
    int version = readInt();
    if (version != StateWriter.VERSION) {
      throw new DamagedStateException(
          "state format " + version + ", expected " + StateWriter.VERSION);
    }
  }

  public byte readByte() throws IOException {
    return need(1).get();
  }

  public boolean readBoolean() throws IOException {
    return readByte() != 0;
  }

  public int readInt() throws IOException {
    return need(Integer.BYTES).getInt();
  }

  public long readLong() throws IOException {
    return need(Long.BYTES).getLong();
  }

  public double readDouble() throws IOException {
    return need(Double.BYTES).getDouble();
  }

  /**
   * An array.
   *
   * @param most more are refused
   */
  public byte[] readBytes(int most) throws IOException {
    byte[] values = new byte[readCount(most)];
    for (int from = 0; from < values.length; ) {
      int length = Math.min(buffer.capacity(), values.length - from);
      need(length).get(values, from, length);
      from += length;
    }
    return values;
  }

  /**
   * A text.
   *
   * @param most UTF-8 bytes
   */
  public String readString(int most) throws IOException {
    return new String(readBytes(most), StandardCharsets.UTF_8);
  }

  /**
   * An array.
   *
   * @param most more are refused
   */
  public int[] readInts(int most) throws IOException {
    int[] values = new int[readCount(most)];
    for (int k = 0; k < values.length; k++) {
      values[k] = readInt();
    }
    return values;
  }

  /**
   * An array.
   *
   * @param most more are refused
   */
  public long[] readLongs(int most) throws IOException {
    long[] values = new long[readCount(most)];
    for (int k = 0; k < values.length; k++) {
      values[k] = readLong();
    }
    return values;
  }

  /**
   * A vector of any length.
   *
   * @param most longer ones are refused
   */
  public double[] readVector(int most) throws IOException {
    double[] values = new double[readCount(most)];
    for (int from = 0; from < values.length; from += StateWriter.PAGE_LENGTH) {
      readPage(values, from, Math.min(StateWriter.PAGE_LENGTH, values.length - from));
    }
    return values;
  }

  /**
   * Fills a part of {@code into}, which is zero there.
   *
   * @return whether the page has values; if not, {@code into} was not touched
   */
  public boolean readPage(double[] into, int from, int length) throws IOException {
    if (!readBoolean()) {
      return false;
    }
    need(length * Double.BYTES).asDoubleBuffer().get(into, from, length);
    return true;
  }

  /** A count between 0 and {@code most}. */
  public int readCount(int most) throws IOException {
    int count = readInt();
    if (count < 0 || count > most) {
      throw new DamagedStateException(count + " items, expected at most " + most);
    }
    return count;
  }

  /**
   * Compares the checksum.
   *
   * @throws DamagedStateException if it differs: nothing that was read can be trusted
   */
  public void finish() throws IOException {
    long expected = checksum.getValue();
    if (readInt() != (int) expected) {
      throw new DamagedStateException("its checksum is wrong");
    }
  }

  private ByteBuffer need(int bytes) throws IOException {
    int read = in.readNBytes(buffer.array(), 0, bytes);
    if (read < bytes) {
      throw new DamagedStateException("it ends too early");
    }
    checksum.update(buffer.array(), 0, bytes);
    return buffer.clear().limit(bytes);
  }
}
