package dev.triptych.async.protocol;

import dev.triptych.async.store.Selection;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parts of messages. Every count is checked against the bytes that are there before
 * anything is allocated.
 */
final class WireReader {
  private final ByteBuffer in;

  WireReader(ByteBuffer in) {
    this.in = in;
  }

  byte readByte() throws MalformedMessageException {
    return need(1).get();
  }

  int readInt() throws MalformedMessageException {
    return need(Integer.BYTES).getInt();
  }

  long readLong() throws MalformedMessageException {
    return need(Long.BYTES).getLong();
  }

  double readDouble() throws MalformedMessageException {
    return need(Double.BYTES).getDouble();
  }

  String readString() throws MalformedMessageException {
    byte[] utf8 = new byte[readCount(1)];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  ShardId readShard() throws MalformedMessageException {
    return new ShardId(readLong(), readInt());
  }

  int[] readInts() throws MalformedMessageException {
    int[] values = new int[readCount(Integer.BYTES)];
    in.asIntBuffer().get(values);
    in.position(in.position() + values.length * Integer.BYTES);
    return values;
  }

  long[] readLongs() throws MalformedMessageException {
    long[] values = new long[readCount(Long.BYTES)];
    in.asLongBuffer().get(values);
    in.position(in.position() + values.length * Long.BYTES);
    return values;
  }

  double[] readDoubles() throws MalformedMessageException {
    DoubleBuffer view = viewDoubles();
    double[] values = new double[view.remaining()];
    view.get(values);
    return values;
  }

  /** A view of the message's own bytes. */
  DoubleBuffer viewDoubles() throws MalformedMessageException {
    int count = readCount(Double.BYTES);
    DoubleBuffer view = in.asDoubleBuffer().limit(count);
    in.position(in.position() + count * Double.BYTES);
    return view;
  }

  @Nullable Selection readSelection() throws MalformedMessageException {
    byte kind = readByte();
    return switch (kind) {
      case 0 -> null;
      case 1 -> Selection.all();
      case 2 -> Selection.of(readInts());
      default -> throw new MalformedMessageException("unknown selection " + kind);
    };
  }

  <E extends Enum<E>> E readEnum(E[] values) throws MalformedMessageException {
    byte index = readByte();
    if (index < 0 || index >= values.length) {
      throw new MalformedMessageException("unknown value " + index);
    }
    return values[index];
  }

  void expectEnd() throws MalformedMessageException {
    if (in.hasRemaining()) {
      throw new MalformedMessageException(in.remaining() + " bytes after the message's end");
    }
  }

  private int readCount(int bytesPerItem) throws MalformedMessageException {
    int count = readInt();
    if (count < 0 || (long) count * bytesPerItem > in.remaining()) {
      throw new MalformedMessageException(
          count + " items announced, " + in.remaining() + " bytes left");
    }
    return count;
  }

  private ByteBuffer need(int bytes) throws MalformedMessageException {
    if (in.remaining() < bytes) {
      throw new MalformedMessageException("the message ends too early");
    }
    return in;
  }
}
