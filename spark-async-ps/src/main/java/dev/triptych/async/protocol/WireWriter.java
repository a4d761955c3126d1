package dev.triptych.async.protocol;

import dev.triptych.async.store.Selection;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes the parts of messages; the counterpart of {@link WireReader}. */
final class WireWriter {
  private final ByteBuffer out;

  WireWriter(ByteBuffer out) {
    this.out = out;
  }

  static int lengthOf(String text) {
    return 4 + text.getBytes(StandardCharsets.UTF_8).length;
  }

  static int lengthOf(@Nullable Selection selection) {
    int[] positions = selection == null ? null : selection.positions();
    return positions == null ? 1 : lengthOfArray(1L, positions.length, Integer.BYTES);
  }

  /** Bytes of {@code before}, a count and the items. */
  static int lengthOfArray(long before, int count, int bytesPerItem) {
    return Math.toIntExact(before + 4 + (long) count * bytesPerItem);
  }

  WireWriter putByte(int value) {
    out.put((byte) value);
    return this;
  }

  WireWriter putInt(int value) {
    out.putInt(value);
    return this;
  }

  WireWriter putLong(long value) {
    out.putLong(value);
    return this;
  }

  WireWriter putDouble(double value) {
    out.putDouble(value);
    return this;
  }

  WireWriter putString(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.putInt(utf8.length).put(utf8);
    return this;
  }

  WireWriter putShard(ShardId shard) {
    out.putLong(shard.run()).putInt(shard.shard());
    return this;
  }

  WireWriter putInts(int[] values) {
    out.putInt(values.length);
    out.asIntBuffer().put(values);
    out.position(out.position() + values.length * Integer.BYTES);
    return this;
  }

  WireWriter putLongs(long[] values) {
    out.putInt(values.length);
    out.asLongBuffer().put(values);
    out.position(out.position() + values.length * Long.BYTES);
    return this;
  }

  WireWriter putDoubles(DoubleBuffer values) {
    int count = values.remaining();
    out.putInt(count);
    out.asDoubleBuffer().put(values.duplicate());
    out.position(out.position() + count * Double.BYTES);
    return this;
  }

  /** 0: nothing, 1: the whole slice, 2: the positions that follow. */
  WireWriter putSelection(@Nullable Selection selection) {
    if (selection == null) {
      return putByte(0);
    }
    int[] positions = selection.positions();
    return positions == null ? putByte(1) : putByte(2).putInts(positions);
  }
}
