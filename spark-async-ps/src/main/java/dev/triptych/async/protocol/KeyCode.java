package dev.triptych.async.protocol;

import dev.triptych.async.store.KeyShape;
import dev.triptych.async.store.Selection;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How ascending keys are written: whichever form is the smallest. Reading allocates in proportion
 * to the bytes that are there and enforces the order.
 */
final class KeyCode {
  static final byte NOTHING = 0;
  private static final byte ALL = 1;
  private static final byte INTS = 2;
  private static final byte RUNS = 3;
  private static final byte GAPS = 4;
  private static final byte BITMAP = 5;
  private static final byte REFER = 6;
  private static final byte DEFINE = 7;

  private static final int MAX_VARINT_BYTES = 5;

  private KeyCode() {}

  /** Bytes, kind included. */
  static long lengthOf(Selection selection) {
    return switch (selection.naming()) {
      case NONE -> plainLengthOf(selection);
      case DEFINE -> 9 + plainLengthOf(selection);
      case REFER -> 13;
    };
  }

  static void write(Selection selection, ByteBuffer out) {
    switch (selection.naming()) {
      case NONE -> writePlain(selection, out);
      case DEFINE -> {
        out.put(DEFINE).putLong(selection.hash());
        writePlain(selection, out);
      }
      case REFER -> out.put(REFER).putLong(selection.hash()).putInt(selection.count(0));
    }
  }

  static Selection read(byte kind, ByteBuffer in, @Nullable KeySets known)
      throws MalformedMessageException {
    if (kind == REFER) {
      need(in, 12);
      long hash = in.getLong();
      int count = in.getInt();
      Selection selection = known == null ? null : known.find(hash);
      if (selection == null || selection.count(0) != count) {
        throw new UnknownKeysException(hash);
      }
      return selection;
    }
    if (kind != DEFINE) {
      return readPlain(kind, in);
    }
    need(in, 9);
    long hash = in.getLong();
    Selection selection = readPlain(in.get(), in);
    if (selection.isAll()) {
      throw new MalformedMessageException("the whole slice needs no name");
    }
    if (known != null) {
      known.define(hash, selection);
    }
    return selection;
  }

  /** Bytes without a name. */
  static long plainLengthOf(Selection selection) {
    return switch (kindOf(selection)) {
      case ALL -> 1;
      case RUNS -> 5 + runBytes(selection);
      case GAPS -> 5 + selection.shape().gapBytes();
      case BITMAP -> 9 + bitmapBytes(selection);
      default -> 5 + (long) Integer.BYTES * selection.count(0);
    };
  }

  private static byte kindOf(Selection selection) {
    if (selection.isAll()) {
      return ALL;
    }
    if (selection.starts() != null) {
      return RUNS; // as it came; listing what few bytes may stand for could fill the memory
    }
    if (!selection.fits(Integer.MAX_VALUE)) {
      return INTS; // not ascending: the reader shall say so
    }
    KeyShape shape = selection.shape();
    long ints = (long) Integer.BYTES * selection.count(0);
    long bitmap = bitmapBytes(selection) + 4;
    long smallest = Math.min(Math.min(ints, bitmap), Math.min(shape.runBytes(), shape.gapBytes()));
    if (smallest == shape.runBytes()) {
      return RUNS;
    } else if (smallest == shape.gapBytes()) {
      return GAPS;
    }
    return smallest == bitmap ? BITMAP : INTS;
  }

  private static long runBytes(Selection selection) {
    int[] starts = selection.starts();
    int[] ends = selection.ends();
    if (starts == null || ends == null) {
      return selection.shape().runBytes();
    }
    long bytes = 0;
    int previous = 0;
    for (int run = 0; run < starts.length; run++) {
      bytes += KeyShape.varintLength(starts[run] - previous);
      bytes += KeyShape.varintLength(ends[run] - starts[run] - 1);
      previous = ends[run];
    }
    return bytes;
  }

  private static long bitmapBytes(Selection selection) {
    int[] positions = listed(selection);
    return positions.length == 0
        ? 0
        : ((long) positions[positions.length - 1] - positions[0]) / Byte.SIZE + 1;
  }

  private static void writePlain(Selection selection, ByteBuffer out) {
    byte kind = kindOf(selection);
    out.put(kind);
    switch (kind) {
      case ALL -> {}
      case RUNS -> writeRuns(selection, out);
      case GAPS -> writeGaps(listed(selection), out);
      case BITMAP -> writeBitmap(listed(selection), (int) bitmapBytes(selection), out);
      default -> {
        int[] positions = listed(selection);
        out.putInt(positions.length);
        out.asIntBuffer().put(positions);
        out.position(out.position() + positions.length * Integer.BYTES);
      }
    }
  }

  private static Selection readPlain(byte kind, ByteBuffer in) throws MalformedMessageException {
    return switch (kind) {
      case ALL -> Selection.all();
      case INTS -> {
        int[] positions = new int[readCount(in, Integer.BYTES)];
        in.asIntBuffer().get(positions);
        in.position(in.position() + positions.length * Integer.BYTES);
        yield Selection.of(positions);
      }
      case RUNS -> readRuns(in);
      case GAPS -> readGaps(in);
      case BITMAP -> readBitmap(in);
      default -> throw new MalformedMessageException("unknown kind of keys " + kind);
    };
  }

  private static void writeRuns(Selection selection, ByteBuffer out) {
    int[] starts = selection.starts();
    int[] ends = selection.ends();
    if (starts != null && ends != null) {
      out.putInt(starts.length);
      int previous = 0;
      for (int run = 0; run < starts.length; run++) {
        putVarint(out, starts[run] - previous);
        putVarint(out, ends[run] - starts[run] - 1);
        previous = ends[run];
      }
      return;
    }
    int[] positions = listed(selection);
    out.putInt(selection.shape().numRuns());
    int previous = 0;
    for (int k = 0; k < positions.length; ) {
      int start = k++;
      while (k < positions.length && positions[k] == positions[k - 1] + 1) {
        k++;
      }
      putVarint(out, positions[start] - previous);
      putVarint(out, k - start - 1);
      previous = positions[k - 1] + 1;
    }
  }

  private static Selection readRuns(ByteBuffer in) throws MalformedMessageException {
    int numRuns = readCount(in, 2);
    int[] starts = new int[numRuns];
    int[] ends = new int[numRuns];
    long previous = 0;
    for (int run = 0; run < numRuns; run++) {
      long start = previous + getVarint(in);
      long end = start + getVarint(in) + 1;
      if (end > Integer.MAX_VALUE) {
        throw new MalformedMessageException("a key beyond " + Integer.MAX_VALUE);
      }
      starts[run] = (int) start;
      ends[run] = (int) end;
      previous = end;
    }
    return Selection.runs(starts, ends);
  }

  private static void writeGaps(int[] positions, ByteBuffer out) {
    out.putInt(positions.length);
    int previous = -1;
    for (int position : positions) {
      putVarint(out, position - previous - 1);
      previous = position;
    }
  }

  private static Selection readGaps(ByteBuffer in) throws MalformedMessageException {
    int[] positions = new int[readCount(in, 1)];
    long previous = -1;
    for (int k = 0; k < positions.length; k++) {
      previous += getVarint(in) + 1L;
      if (previous >= Integer.MAX_VALUE) {
        throw new MalformedMessageException("a key beyond " + Integer.MAX_VALUE);
      }
      positions[k] = (int) previous;
    }
    return Selection.of(positions);
  }

  private static void writeBitmap(int[] positions, int numBytes, ByteBuffer out) {
    int first = positions[0];
    out.putInt(first).putInt(numBytes);
    int base = out.position();
    for (int position : positions) {
      int bit = position - first;
      int index = base + (bit >>> 3);
      out.put(index, (byte) (out.get(index) | 1 << (bit & 7)));
    }
    out.position(base + numBytes);
  }

  private static Selection readBitmap(ByteBuffer in) throws MalformedMessageException {
    need(in, Integer.BYTES);
    int first = in.getInt();
    int numBytes = readCount(in, 1);
    if (first < 0 || first + (long) Byte.SIZE * numBytes > Integer.MAX_VALUE + 7L) {
      throw new MalformedMessageException("a key beyond " + Integer.MAX_VALUE);
    }
    int base = in.position();
    int count = 0;
    for (int index = base; index < base + numBytes; index++) {
      count += Integer.bitCount(in.get(index) & 0xff);
    }
    int[] positions = new int[count];
    int k = 0;
    for (int byteIndex = 0; byteIndex < numBytes; byteIndex++) {
      int bits = in.get(base + byteIndex) & 0xff;
      while (bits != 0) {
        positions[k++] = first + Byte.SIZE * byteIndex + Integer.numberOfTrailingZeros(bits);
        bits &= bits - 1;
      }
    }
    in.position(base + numBytes);
    return Selection.of(positions);
  }

  private static int[] listed(Selection selection) {
    int[] positions = selection.positions();
    if (positions == null) {
      throw new IllegalStateException("the whole slice is not listed");
    }
    return positions;
  }

  private static void putVarint(ByteBuffer out, int value) {
    int left = value;
    while ((left & ~0x7f) != 0) {
      out.put((byte) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    out.put((byte) left);
  }

  private static int getVarint(ByteBuffer in) throws MalformedMessageException {
    long value = 0;
    for (int k = 0; k < MAX_VARINT_BYTES && in.hasRemaining(); k++) {
      byte next = in.get();
      value |= (next & 0x7fL) << (7 * k);
      if (next >= 0) {
        if (value > Integer.MAX_VALUE) {
          break;
        }
        return (int) value;
      }
    }
    throw new MalformedMessageException("a key that is no number of at most 31 bits");
  }

  private static int readCount(ByteBuffer in, int bytesPerItem) throws MalformedMessageException {
    need(in, Integer.BYTES);
    int count = in.getInt();
    if (count < 0 || (long) count * bytesPerItem > in.remaining()) {
      throw new MalformedMessageException(
          count + " keys announced, " + in.remaining() + " bytes left");
    }
    return count;
  }

  private static void need(ByteBuffer in, int bytes) throws MalformedMessageException {
    if (in.remaining() < bytes) {
      throw new MalformedMessageException("the message ends too early");
    }
  }
}
