package dev.triptych.async.protocol;

import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.async.traffic.ValueFormat;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parts of messages. Every count is checked against the bytes that are there before
 * anything is allocated.
 */
final class WireReader {
  private final ByteBuffer in;
  private final @Nullable KeySets known;

  WireReader(ByteBuffer in, @Nullable KeySets known) {
    this.in = in;
    this.known = known;
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

  byte[] readBytes() throws MalformedMessageException {
    byte[] bytes = new byte[readCount(1)];
    in.get(bytes);
    return bytes;
  }

  List<String> readStrings() throws MalformedMessageException {
    int count = readCount(4);
    List<String> texts = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      texts.add(readString());
    }
    return texts;
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

  ArrivalOrder readOrder() throws MalformedMessageException {
    int numWorkers = readInt();
    if (numWorkers < 1 || numWorkers > ShardSettings.MAX_WORKERS) {
      throw new MalformedMessageException("an order of " + numWorkers + " workers");
    }
    return ArrivalOrder.of(numWorkers, readLongs());
  }

  double[] readDoubles() throws MalformedMessageException {
    double[] values = new double[readCount(Double.BYTES)];
    ValueFormat.FLOAT64.read(in, values);
    return values;
  }

  /** Keys; a set named by its hash is looked up among those that this connection has defined. */
  Selection readSelection() throws MalformedMessageException {
    return KeyCode.read(readByte(), in, known);
  }

  /** What is pulled, and in which format; null for nothing. */
  @Nullable Selection readPulled() throws MalformedMessageException {
    byte kind = readByte();
    if (kind == KeyCode.NOTHING) {
      return null;
    }
    return KeyCode.read(kind, in, known).in(readEnum(ValueFormat.values()));
  }

  Gradient readGradient() throws MalformedMessageException {
    Selection selection = readSelection();
    int numComputed = readInt();
    ValueFormat format = readEnum(ValueFormat.values());
    double[] values = new double[readCount(format)];
    if (selection.count(values.length) != values.length || numComputed < values.length) {
      throw new MalformedMessageException(
          "%s, but %d values of %d".formatted(selection, values.length, numComputed));
    }
    format.read(in, values);
    return Gradient.of(selection.in(format), values, numComputed);
  }

  Response.Weights readWeights(Progress progress, long version) throws MalformedMessageException {
    ValueFormat format = readEnum(ValueFormat.values());
    double[] values = new double[readCount(format)];
    format.read(in, values);
    return new Response.Weights(progress, version, DoubleBuffer.wrap(values), format);
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

  int readCount(int bytesPerItem) throws MalformedMessageException {
    int count = readInt();
    if (count < 0 || (long) count * bytesPerItem > in.remaining()) {
      throw new MalformedMessageException(
          count + " items announced, " + in.remaining() + " bytes left");
    }
    return count;
  }

  private int readCount(ValueFormat format) throws MalformedMessageException {
    int count = readInt();
    if (count < 0 || format.encodedLength(count) > in.remaining()) {
      throw new MalformedMessageException(
          count + " values announced, " + in.remaining() + " bytes left");
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
