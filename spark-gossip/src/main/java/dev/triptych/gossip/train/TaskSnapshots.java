package dev.triptych.gossip.train;

import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.gossip.exchange.PairHost;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a task's nodes, copied all at once whenever the steps of all nodes together have
 * come so far that a snapshot is due. Nobody stops for it, so the copies of different tasks are of
 * nearly, not exactly, the same time. Thread-safe.
 */
final class TaskSnapshots {
  private final PairSegment segment;
  private final List<PairHost> hosts;
  private final long[] stepsBefore;
  private final long startNanos;
  private final int numBytes;
  // Guarded by this.
  private final SnapshotSchedule<List<NodeSnapshot>> schedule;
  private long next;

  /**
   * @param stepsBefore by host, steps that its node did before
   * @param startNanos {@link System#nanoTime} when the run began
   */
  TaskSnapshots(PairSegment segment, List<PairHost> hosts, long[] stepsBefore, long startNanos) {
    this.segment = segment;
    this.hosts = hosts;
    this.stepsBefore = stepsBefore;
    this.startNanos = startNanos;
    this.numBytes = segment.objective().model().numParameters() * Double.BYTES;
    this.schedule = new SnapshotSchedule<>(segment.snapshotInterval(), segment.maxSnapshots());
    this.next = segment.first() == 0 ? 0 : nextAfter(segment.first());
  }

  /** All nodes together have got so many steps. */
  synchronized void progressed(long steps) {
    List<NodeSnapshot> first = null;
    while (next <= steps && next < segment.limit()) {
      List<NodeSnapshot> now = first == null ? copy(next) : at(next, first);
      first = now;
      schedule.keep(next, now);
      next = nextAfter(next);
    }
  }

  /** The last copies, when all nodes have finished; and all that were kept. */
  synchronized List<NodeSnapshot> finish(long steps) {
    schedule.keep(steps, copy(steps));
    List<NodeSnapshot> all = new ArrayList<>();
    schedule.kept().forEach(all::addAll);
    return all;
  }

  private long nextAfter(long steps) {
    return (steps / schedule.interval() + 1) * schedule.interval();
  }

  private List<NodeSnapshot> copy(long occasion) {
    List<NodeSnapshot> copies = new ArrayList<>();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    for (int k = 0; k < hosts.size(); k++) {
      PairHost host = hosts.get(k);
      PairHost.Moment now = host.now();
      copies.add(
          new NodeSnapshot(
              host.node(),
              occasion,
              stepsBefore[k] + now.numSteps(),
              seconds,
              now.vectorsSent() * numBytes,
              now.weights()));
    }
    return copies;
  }

  private static List<NodeSnapshot> at(long occasion, List<NodeSnapshot> same) {
    return same.stream()
        .map(s -> new NodeSnapshot(s.node, occasion, s.steps, s.seconds, s.bytesSent, s.weights))
        .toList();
  }
}
