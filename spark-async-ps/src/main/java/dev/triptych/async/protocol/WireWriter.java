package dev.triptych.async.protocol;

import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.async.traffic.ValueFormat;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

  static long lengthOfPulled(@Nullable Selection selection) {
    return selection == null ? 1 : KeyCode.lengthOf(selection) + 1;
  }

  static long lengthOf(Gradient gradient) {
    Selection selection = gradient.selection();
    int count = gradient.values().length;
    return KeyCode.lengthOf(selection) + 9 + selection.format().encodedLength(count);
  }

  /** Bytes of {@code before}, a format, a count and the values. */
  static int lengthOfValues(long before, int count, ValueFormat format) {
    return Math.toIntExact(before + 5 + format.encodedLength(count));
  }

  static int lengthOf(List<String> texts) {
    int length = 4;
    for (String text : texts) {
      length = Math.addExact(length, lengthOf(text));
    }
    return length;
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

  WireWriter putBytes(byte[] bytes) {
    out.putInt(bytes.length).put(bytes);
    return this;
  }

  WireWriter putStrings(List<String> texts) {
    putInt(texts.size());
    texts.forEach(this::putString);
    return this;
  }

  WireWriter putEntries(List<ReplicaRequest.Entry> entries) {
    out.putInt(entries.size());
    for (ReplicaRequest.Entry entry : entries) {
      putLong(entry.index()).putLong(entry.now()).putInt(entry.numBytes()).putBytes(entry.event());
    }
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

  WireWriter putInts(IntBuffer values) {
    int count = values.remaining();
    out.putInt(count);
    out.asIntBuffer().put(values.duplicate());
    out.position(out.position() + count * Integer.BYTES);
    return this;
  }

  WireWriter putLongs(long[] values) {
    out.putInt(values.length);
    out.asLongBuffer().put(values);
    out.position(out.position() + values.length * Long.BYTES);
    return this;
  }

  /** Workers N, then the pushes' workers and the versions they read. */
  WireWriter putOrder(ArrivalOrder order) {
    return putInt(order.numWorkers()).putLongs(order.toLongs());
  }

  WireWriter putDoubles(DoubleBuffer values) {
    int count = values.remaining();
    out.putInt(count);
    out.asDoubleBuffer().put(values.duplicate());
    out.position(out.position() + count * Double.BYTES);
    return this;
  }

  /** A format, a count and the values. */
  WireWriter putValues(DoubleBuffer values, ValueFormat format) {
    out.put((byte) format.ordinal()).putInt(values.remaining());
    format.write(values, out);
    return this;
  }

  /** The keys and the values computed for them, kept back ones counted. */
  WireWriter putGradient(Gradient gradient) {
    putSelection(gradient.selection()).putInt(gradient.numComputed());
    return putValues(DoubleBuffer.wrap(gradient.values()), gradient.selection().format());
  }

  WireWriter putSelection(Selection selection) {
    KeyCode.write(selection, out);
    return this;
  }

  /** 0: nothing; else the keys and the format that their weights shall come in. */
  WireWriter putPulled(@Nullable Selection selection) {
    return selection == null
        ? putByte(0)
        : putSelection(selection).putByte(selection.format().ordinal());
  }
}
