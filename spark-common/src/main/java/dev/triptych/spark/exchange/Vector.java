package dev.triptych.spark.exchange;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A float or double array as nodes exchange it; its bytes are little-endian. */
public sealed interface Vector permits Vector.Doubles, Vector.Floats {
  /** Number of values. */
  int length();

  /** 8 or 4. */
  int valueBytes();

  /** Adds the values of another vector at the same places. */
  void add(Vector other, int begin, int end);

  /** Takes over the values of another vector at the same places. */
  void copy(Vector other, int begin, int end);

  /** Adds values, as many as {@code bytes} holds, to those from {@code begin} on. */
  void add(int begin, ByteBuffer bytes);

  /** Puts values, as many as {@code bytes} holds, from {@code begin} on. */
  void put(int begin, ByteBuffer bytes);

  /** Writes the values from {@code begin} on until {@code out} is full; it holds whole values. */
  void write(int begin, ByteBuffer out);

  /** Values of 8 bytes. */
  record Doubles(double[] values) implements Vector {
    // Small enough for a core's first cache. Adding from a buffer value by value is far slower.
    private static final int BLOCK = 1024;

    @Override
    public int length() {
      return values.length;
    }

    @Override
    public int valueBytes() {
      return Double.BYTES;
    }

    @Override
    public void add(Vector other, int begin, int end) {
      double[] more = ((Doubles) other).values;
      for (int p = begin; p < end; p++) {
        values[p] += more[p];
      }
    }

    @Override
    public void copy(Vector other, int begin, int end) {
      System.arraycopy(((Doubles) other).values, begin, values, begin, end - begin);
    }

    @Override
    public void add(int begin, ByteBuffer bytes) {
      var in = bytes.order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
      double[] block = new double[Math.min(BLOCK, in.remaining())];
      for (int p = begin; in.hasRemaining(); ) {
        int count = Math.min(block.length, in.remaining());
        in.get(block, 0, count);
        addBlock(block, count, p);
        p += count;
      }
      bytes.position(bytes.limit());
    }

    private void addBlock(double[] block, int count, int at) {
      for (int k = 0; k < count; k++) {
        values[at + k] += block[k];
      }
    }

    @Override
    public void put(int begin, ByteBuffer bytes) {
      var in = bytes.order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
      in.get(values, begin, in.remaining());
      bytes.position(bytes.limit());
    }

    @Override
    public void write(int begin, ByteBuffer out) {
      out.order(ByteOrder.LITTLE_ENDIAN)
          .asDoubleBuffer()
          .put(values, begin, out.remaining() / Double.BYTES);
      out.position(out.limit());
    }
  }

  /** Values of 4 bytes. */
  record Floats(float[] values) implements Vector {
    private static final int BLOCK = 2048;

    @Override
    public int length() {
      return values.length;
    }

    @Override
    public int valueBytes() {
      return Float.BYTES;
    }

    @Override
    public void add(Vector other, int begin, int end) {
      float[] more = ((Floats) other).values;
      for (int p = begin; p < end; p++) {
        values[p] += more[p];
      }
    }

    @Override
    public void copy(Vector other, int begin, int end) {
      System.arraycopy(((Floats) other).values, begin, values, begin, end - begin);
    }

    @Override
    public void add(int begin, ByteBuffer bytes) {
      var in = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      float[] block = new float[Math.min(BLOCK, in.remaining())];
      for (int p = begin; in.hasRemaining(); ) {
        int count = Math.min(block.length, in.remaining());
        in.get(block, 0, count);
        addBlock(block, count, p);
        p += count;
      }
      bytes.position(bytes.limit());
    }

    private void addBlock(float[] block, int count, int at) {
      for (int k = 0; k < count; k++) {
        values[at + k] += block[k];
      }
    }

    @Override
    public void put(int begin, ByteBuffer bytes) {
      var in = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      in.get(values, begin, in.remaining());
      bytes.position(bytes.limit());
    }

    @Override
    public void write(int begin, ByteBuffer out) {
      out.order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .put(values, begin, out.remaining() / Float.BYTES);
      out.position(out.limit());
    }
  }
}
