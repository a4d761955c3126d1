package dev.triptych.async.consistency;

import dev.triptych.core.state.DamagedStateException;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The clocks of N workers: how many steps each has finished. A removed worker is nobody's slowest
 * any more. Not thread-safe.
 */
public final class ClockTable {
  private final long[] clocks;
  private final boolean[] removed;

  /** All clocks at 0. */
  public ClockTable(int numWorkers) {
    clocks = new long[numWorkers];
    removed = new boolean[numWorkers];
  }

  /** The counterpart of {@link #writeTo}. */
  public static ClockTable read(StateReader in, int numWorkers) throws IOException {
    ClockTable table = new ClockTable(numWorkers);
    long[] clocks = in.readLongs(numWorkers);
    if (clocks.length != numWorkers) {
      throw new DamagedStateException("clocks of another number of workers");
    }
    System.arraycopy(clocks, 0, table.clocks, 0, numWorkers);
    for (int worker = 0; worker < numWorkers; worker++) {
      table.removed[worker] = in.readBoolean();
    }
    return table;
  }

  /** All of it. */
  public void writeTo(StateWriter out) throws IOException {
    out.putLongs(clocks);
    for (boolean gone : removed) {
      out.putBoolean(gone);
    }
  }

  /** The worker has finished one more step. */
  public void advance(int worker) {
    clocks[worker]++;
  }

  /** Steps finished by a worker. */
  public long clock(int worker) {
    return clocks[worker];
  }

  /** All clocks, a copy. */
  public long[] clocks() {
    return Arrays.copyOf(clocks, clocks.length);
  }

  /** Nobody waits for this worker any more; its clock stays as it is. */
  public void remove(int worker) {
    removed[worker] = true;
  }

  /** Whether the worker is gone. */
  public boolean isRemoved(int worker) {
    return removed[worker];
  }

  /** Workers that are there. */
  public int numPresent() {
    int present = 0;
    for (boolean gone : removed) {
      present += gone ? 0 : 1;
    }
    return present;
  }

  /**
   * A removed worker is there again. It starts where the slowest is: further back it would stop
   * whoever went on without it, and the gap would be larger than the bound allows.
   *
   * @param ifNobodyIsThere least clock to start with when all are removed
   */
  public void restore(int worker, long ifNobodyIsThere) {
    if (removed[worker]) {
      long slowest = numPresent() == 0 ? ifNobodyIsThere : min();
      removed[worker] = false;
      clocks[worker] = Math.max(clocks[worker], slowest);
    }
  }

  /** Largest clock of all, the removed ones too. */
  public long max() {
    long max = 0;
    for (long clock : clocks) {
      max = Math.max(max, clock);
    }
    return max;
  }

  /** Smallest clock of the workers that are there; {@link Long#MAX_VALUE} when none is. */
  public long min() {
    long min = Long.MAX_VALUE;
    for (int worker = 0; worker < clocks.length; worker++) {
      if (!removed[worker]) {
        min = Math.min(min, clocks[worker]);
      }
    }
    return min;
  }

  /** Largest minus smallest clock of the workers that are there; 0 when none is. */
  public long gap() {
    long min = min();
    long max = min;
    for (int worker = 0; worker < clocks.length; worker++) {
      if (!removed[worker]) {
        max = Math.max(max, clocks[worker]);
      }
    }
    return max - min;
  }

  /** The workers whose clock is {@link #min()}: those that a waiting worker waits for. */
  public List<Integer> slowest() {
    long min = min();
    List<Integer> slowest = new ArrayList<>();
    for (int worker = 0; worker < clocks.length; worker++) {
      if (!removed[worker] && clocks[worker] == min) {
        slowest.add(worker);
      }
    }
    return slowest;
  }
}
