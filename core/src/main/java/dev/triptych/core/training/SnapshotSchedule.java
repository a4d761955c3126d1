package dev.triptych.core.training;

import java.util.ArrayList;
import java.util.List;

/**
 * When to keep a snapshot: at update 0, then at every multiple of an interval that doubles,
 * dropping every other kept one, whenever the limit is reached. Bounded memory for runs of any
 * length, and evenly spaced whatever the length. Pure and generic in what is kept; not thread-safe.
 */
public final class SnapshotSchedule<S> {
  private final int maxKept;
  private final List<Entry<S>> kept = new ArrayList<>();
  private long interval;

  /**
   * @param interval first spacing, in updates
   * @param maxKept at least 4, and rounded down to an even number, so that the snapshot which comes
   *     when the limit is reached lies on the doubled interval; see {@link #limitFor}
   */
  public SnapshotSchedule(long interval, int maxKept) {
    this.interval = Math.max(1, interval);
    this.maxKept = Math.max(4, maxKept - maxKept % 2);
  }

  /**
   * How many snapshots of {@code numParameters} weights fit into {@code maxBytes}, between 4 and
   * {@code most}.
   */
  public static int limitFor(long numParameters, long maxBytes, int most) {
    return (int) Math.max(4, Math.min(most, maxBytes / Math.max(1, numParameters * Double.BYTES)));
  }

  /** Spacing now, in updates: what a schedule that goes on from here starts with. */
  public long interval() {
    return interval;
  }

  /** Whether the state after {@code updates} updates should be kept. */
  public boolean isDue(long updates) {
    return updates % interval == 0
        && (kept.isEmpty() || kept.get(kept.size() - 1).updates() < updates);
  }

  /** Keeps a snapshot; call when {@link #isDue} or at the end of a run. */
  public void keep(long updates, S snapshot) {
    while (kept.size() >= maxKept) {
      thin();
    }
    kept.add(new Entry<>(updates, snapshot));
  }

  /** How many are kept. */
  public int size() {
    return kept.size();
  }

  /** Doubles the interval and forgets what does not lie on it. */
  public void thin() {
    interval *= 2;
    kept.removeIf(entry -> entry.updates() % interval != 0);
  }

  /** What was kept, in the order of updates. */
  public List<S> kept() {
    return kept.stream().map(Entry::snapshot).toList();
  }

  private record Entry<S>(long updates, S snapshot) {}
}
