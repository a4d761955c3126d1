package dev.triptych.async.traffic;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * How values travel. Each format is a rounding: {@link #write} and {@link #read} give back what
 * {@link #round} leaves, and rounded values travel without further loss. Infinite and NaN values
 * never become finite.
 */
public enum ValueFormat {
  /** As they are. */
  FLOAT64("float64") {
    @Override
    public long encodedLength(int count) {
      return (long) count * Double.BYTES;
    }

    @Override
    public void round(double[] values, int from, int to) {}

    @Override
    public void write(DoubleBuffer values, ByteBuffer out) {
      int count = values.remaining();
      out.asDoubleBuffer().put(values.duplicate());
      out.position(out.position() + count * Double.BYTES);
    }

    @Override
    public void read(ByteBuffer in, double[] into) {
      in.asDoubleBuffer().get(into);
      in.position(in.position() + into.length * Double.BYTES);
    }
  },

  /** The nearest floats. */
  FLOAT32("float32") {
    @Override
    public long encodedLength(int count) {
      return (long) count * Float.BYTES;
    }

    @Override
    public void round(double[] values, int from, int to) {
      for (int k = from; k < to; k++) {
        values[k] = (float) values[k];
      }
    }

    @Override
    public void write(DoubleBuffer values, ByteBuffer out) {
      DoubleBuffer in = values.duplicate();
      FloatBuffer floats = out.asFloatBuffer();
      int total = in.remaining();
      double[] wide = new double[Math.min(total, CHUNK)];
      float[] narrow = new float[wide.length];
      while (in.hasRemaining()) {
        int count = Math.min(in.remaining(), wide.length);
        in.get(wide, 0, count);
        for (int k = 0; k < count; k++) {
          narrow[k] = (float) wide[k];
        }
        floats.put(narrow, 0, count);
      }
      out.position(out.position() + total * Float.BYTES);
    }

    @Override
    public void read(ByteBuffer in, double[] into) {
      FloatBuffer floats = in.asFloatBuffer();
      float[] narrow = new float[Math.min(into.length, CHUNK)];
      for (int start = 0; start < into.length; start += narrow.length) {
        int count = Math.min(into.length - start, narrow.length);
        floats.get(narrow, 0, count);
        for (int k = 0; k < count; k++) {
          into[start + k] = narrow[k];
        }
      }
      in.position(in.position() + into.length * Float.BYTES);
    }
  },

  /**
   * Blocks of {@link #BLOCK} values, each a float scale s = max|v|/127 and one signed byte per
   * value: v ≈ s·b. Blocks below 1e-30 travel as zeros.
   */
  INT8("int8") {
    @Override
    public long encodedLength(int count) {
      return count + (long) Float.BYTES * ((count + BLOCK - 1L) / BLOCK);
    }

    @Override
    public void round(double[] values, int from, int to) {
      for (int start = from; start < to; start += BLOCK) {
        int end = Math.min(to, start + BLOCK);
        float scale = scale(values, start, end);
        for (int k = start; k < end; k++) {
          values[k] = scale == 0 ? 0 : scale * (double) quantum(values[k], scale);
        }
      }
    }

    @Override
    public void write(DoubleBuffer values, ByteBuffer out) {
      DoubleBuffer in = values.duplicate();
      double[] wide = new double[Math.min(in.remaining(), BLOCK)];
      byte[] narrow = new byte[wide.length];
      while (in.hasRemaining()) {
        int count = Math.min(in.remaining(), wide.length);
        in.get(wide, 0, count);
        float scale = scale(wide, 0, count);
        for (int k = 0; k < count; k++) {
          narrow[k] = scale == 0 ? 0 : quantum(wide[k], scale);
        }
        out.putFloat(scale).put(narrow, 0, count);
      }
    }

    @Override
    public void read(ByteBuffer in, double[] into) {
      byte[] narrow = new byte[Math.min(into.length, BLOCK)];
      for (int start = 0; start < into.length; start += narrow.length) {
        int count = Math.min(into.length - start, narrow.length);
        double scale = in.getFloat();
        in.get(narrow, 0, count);
        for (int k = 0; k < count; k++) {
          into[start + k] = scale * narrow[k];
        }
      }
    }
  };

  /** Values that share a scale in {@link #INT8}. */
  public static final int BLOCK = 256;

  private static final int CHUNK = 1024;
  private static final double NEGLIGIBLE = 1e-30;

  private final String optionName;

  ValueFormat(String optionName) {
    this.optionName = optionName;
  }

  /** Name on the command line. */
  public String optionName() {
    return optionName;
  }

  /** Bytes of so many values. */
  public abstract long encodedLength(int count);

  /** Replaces {@code values[from..to)} by what a reader would see of them, as one array. */
  public abstract void round(double[] values, int from, int to);

  /**
   * Writes all values, {@link #encodedLength} bytes.
   *
   * @param out little-endian
   */
  public abstract void write(DoubleBuffer values, ByteBuffer out);

  /**
   * Reads {@code into.length} values.
   *
   * @param in little-endian, with at least {@link #encodedLength} bytes
   */
  public abstract void read(ByteBuffer in, double[] into);

  /** max|v|/127; infinite or NaN if some value is. */
  private static float scale(double[] values, int from, int to) {
    double max = 0;
    for (int k = from; k < to; k++) {
      max = Math.max(max, Math.abs(values[k]));
    }
    return max < NEGLIGIBLE ? 0 : (float) (max / Byte.MAX_VALUE);
  }

  /** An infinite scale gives ±1 or 0 times infinity: never finite, 0 · ∞ being NaN. */
  private static byte quantum(double value, float scale) {
    return (byte) Math.rint(value / scale);
  }
}
