package dev.triptych.async.shard;

import dev.triptych.async.store.PagedVector;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import dev.triptych.core.training.SnapshotSchedule;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots that a shard keeps, and the memory that only they take: they share their pages with
 * the live weights, and with each other, as long as they agree.
 */
final class KeptSnapshots {
  private final SnapshotSchedule<KeptSnapshot> schedule;
  // all their pages; those that nobody else has; and what the live weights had copied at that time
  private long bytes;
  private long bytesApart;
  private long copiedBytesThen;

  KeptSnapshots(ShardSettings settings) {
    schedule = new SnapshotSchedule<>(settings.snapshotInterval(), settings.snapshotLimit());
  }

  private KeptSnapshots(SnapshotSchedule<KeptSnapshot> schedule, PagedVector live) {
    this.schedule = schedule;
    measure(live);
  }

  static KeptSnapshots read(StateReader in, ShardSettings settings, PagedVector live)
      throws IOException {
    return new KeptSnapshots(ShardParts.readSnapshots(in, settings), live);
  }

  void writeTo(StateWriter out) throws IOException {
    ShardParts.writeSnapshots(out, schedule);
  }

  /** Whether the schedule wants this version. */
  boolean isDue(long version) {
    return schedule.isDue(version);
  }

  /**
   * Keeps the slice as it is now, if there is room and its version is still due: snapshots get
   * sparser where all of them, shared pages counted twice, would take too much.
   */
  void keepDue(KeptSnapshot live) {
    PagedVector weights = live.weights();
    long more = weights.tableBytes() + weights.allocatedBytes();
    while (bytes + more > ShardSettings.MAX_SNAPSHOT_BYTES && schedule.size() > 1) {
      schedule.thin();
      measure(weights);
    }
    if (bytes + more <= ShardSettings.MAX_SNAPSHOT_BYTES && isDue(live.version())) {
      keep(live);
    }
  }

  /** Keeps the slice as it is now, due or not, unless it is kept already. */
  void keepAnyway(KeptSnapshot live) {
    List<KeptSnapshot> kept = schedule.kept();
    if (kept.isEmpty() || kept.get(kept.size() - 1).version() < live.version()) {
      keep(live);
    }
  }

  private void keep(KeptSnapshot live) {
    schedule.keep(live.version(), live.apart());
    measure(live.weights());
  }

  private void measure(PagedVector live) {
    bytes = 0;
    bytesApart = 0;
    copiedBytesThen = live.copiedBytes();
    PagedVector newer = live;
    List<KeptSnapshot> kept = schedule.kept();
    for (int k = kept.size() - 1; k >= 0; k--) {
      PagedVector weights = kept.get(k).weights();
      bytes += weights.tableBytes() + weights.allocatedBytes();
      bytesApart += weights.tableBytes() + weights.bytesApartFrom(newer);
      newer = weights;
    }
  }

  /** Memory of the pages that only snapshots have; those that the live weights left count too. */
  long bytesApart(PagedVector live) {
    return Math.min(bytes, bytesApart + live.copiedBytes() - copiedBytesThen);
  }

  /** The first of at least this version, or null; a copy. */
  @Nullable SliceSnapshot firstFrom(long version) {
    for (KeptSnapshot snapshot : schedule.kept()) {
      if (snapshot.version() >= version) {
        return snapshot.slice();
      }
    }
    return null;
  }

  /** Those from a version on, ascending. */
  List<SnapshotSummary> summaries(long version, int numPenalised) {
    List<SnapshotSummary> summaries = new ArrayList<>();
    for (KeptSnapshot snapshot : schedule.kept()) {
      if (snapshot.version() >= version) {
        summaries.add(snapshot.summary(numPenalised));
      }
    }
    return summaries;
  }

  /** Weights of exactly this version, or null if it is not kept. */
  @Nullable DoubleBuffer valuesAt(long version, IntBuffer positions) {
    for (KeptSnapshot snapshot : schedule.kept()) {
      if (snapshot.version() == version) {
        return snapshot.select(positions);
      }
    }
    return null;
  }
}
