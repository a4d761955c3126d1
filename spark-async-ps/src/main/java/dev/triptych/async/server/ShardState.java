package dev.triptych.async.server;

import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.core.state.DamagedStateException;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import dev.triptych.spark.transport.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A shard's settings and state as bytes that another server goes on from: the OPEN_RUN message, the
 * number of events taken, the primary's clock, the machine.
 *
 * @param settings of the shard
 * @param nextIndex events taken so far
 * @param now on the primary's clock
 * @param machine as it stood
 */
record ShardState(ShardSettings settings, long nextIndex, long now, ShardMachine<Reply> machine) {
  private static final int MAX_SETTINGS_BYTES = 1 << 16;

  /** Copies everything. */
  static Chunks write(
      ShardId id, ShardSettings settings, long nextIndex, long now, ShardMachine<Reply> machine) {
    Chunks chunks = new Chunks();
    try {
      StateWriter out = new StateWriter(chunks);
      ByteBuffer open = Message.encode(new Request.OpenRun(id, settings));
      byte[] settingsBytes = new byte[open.remaining()];
      open.get(settingsBytes);
      out.putBytes(settingsBytes).putLong(nextIndex).putLong(now);
      machine.writeTo(out);
      out.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return chunks;
  }

  /**
   * @param nobody whom parked pulls are answered to
   */
  static ShardState read(InputStream bytes, Reply nobody) throws IOException {
    StateReader in = new StateReader(bytes);
    ShardSettings settings = readSettings(in);
    long nextIndex = in.readLong();
    long now = in.readLong();
    try {
      ShardMachine<Reply> machine = ShardMachine.read(settings, nobody, in);
      in.finish();
      return new ShardState(settings, nextIndex, now, machine);
    } catch (IllegalArgumentException e) {
      throw new DamagedStateException(String.valueOf(e.getMessage()));
    }
  }

  static ShardSettings readSettings(StateReader in) throws IOException {
    try {
      Message open = Message.decode(ByteBuffer.wrap(in.readBytes(MAX_SETTINGS_BYTES)));
      if (open instanceof Request.OpenRun run) {
        return run.settings();
      }
    } catch (MalformedMessageException e) {
      throw new DamagedStateException(String.valueOf(e.getMessage()));
    }
    throw new DamagedStateException("it has no settings");
  }

  /** Bytes in parts of a size that travels well; readable by many threads once written. */
  static final class Chunks extends OutputStream {
    static final int LENGTH = 1 << 20;

    private final List<byte[]> full = new ArrayList<>();
    private byte[] last = new byte[1 << 12];
    private int used;

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      int next = from;
      int left = count;
      while (left > 0) {
        if (used == last.length) {
          if (used == LENGTH) {
            full.add(last);
            last = new byte[LENGTH];
            used = 0;
          } else {
            last = Arrays.copyOf(last, Math.min(LENGTH, 4 * last.length));
          }
        }
        int length = Math.min(left, last.length - used);
        System.arraycopy(bytes, next, last, used, length);
        used += length;
        next += length;
        left -= length;
      }
    }

    long total() {
      return (long) full.size() * LENGTH + used;
    }

    /** The part that begins at {@code offset}, a multiple of {@link #LENGTH}. */
    byte[] part(long offset) {
      int index = Math.toIntExact(offset / LENGTH);
      return index < full.size() ? full.get(index) : Arrays.copyOf(last, used);
    }
  }
}
