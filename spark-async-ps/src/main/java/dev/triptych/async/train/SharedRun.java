package dev.triptych.async.train;

import dev.triptych.async.memory.SharedWeights;
import dev.triptych.async.memory.WorkerProgress;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.core.training.StalenessHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the workers of a run in shared memory have in common: weights, counts, the start gate, the
 * clock and the snapshots. Found by the tasks under the run's number, in the driver's process.
 * Thread-safe, except that the weights are as racy as {@link SharedWeights} says, unless the run is
 * {@link Transport#LOCKED}.
 */
final class SharedRun implements AutoCloseable {
  private static final ConcurrentHashMap<Long, SharedRun> RUNS = new ConcurrentHashMap<>();
  private static final AtomicLong LAST_ID = new AtomicLong();

  private final long id = LAST_ID.incrementAndGet();
  private final RunSettings run;
  private final long numRows;
  private final int[] batchSizes;
  private final long snapshotInterval;
  private final SharedWeights weights;
  private final WorkerProgress progress;
  private final @Nullable TurnLock lock;
  private final StartGate gate = new StartGate();
  private final AtomicInteger working = new AtomicInteger();

  private volatile long nanosBefore;

  private volatile long openedAt;
  private volatile long budget;
  private volatile long divergedAtUpdate;
  private volatile long lastTick = -1;

  private final ReentrantLock keeping = new ReentrantLock();
  private final SnapshotSchedule<Snapshot> snapshots;
  private final StalenessHistogram staleness = new StalenessHistogram();
  private final List<StalenessHistogram> workerStaleness = new ArrayList<>();

  /**
   * @param initial weights; changed from here on
   * @param batchSizes examples in a mini-batch, by worker
   * @param snapshotInterval in updates
   */
  SharedRun(
      RunSettings run,
      double[] initial,
      long numRows,
      int[] batchSizes,
      long snapshotInterval,
      boolean locked) {
    this.run = run;
    this.numRows = numRows;
    this.batchSizes = batchSizes.clone();
    this.snapshotInterval = snapshotInterval;
    weights = new SharedWeights(initial, run.optimizer());
    progress = new WorkerProgress(run.numWorkers());
    for (int worker = 0; worker < run.numWorkers(); worker++) {
      workerStaleness.add(new StalenessHistogram());
    }
    lock = locked ? new TurnLock() : null;
    snapshots =
        new SnapshotSchedule<>(
            1,
            SnapshotSchedule.limitFor(
                initial.length, RunSettings.MAX_SNAPSHOT_BYTES, 2 * run.snapshots()));
    RUNS.put(id, this);
  }

  /** The run with this number, if it is of this process. */
  static SharedRun of(long id) {
    SharedRun shared = RUNS.get(id);
    if (shared == null) {
      throw new IllegalStateException("run " + id + " does not share this process's memory");
    }
    return shared;
  }

  long id() {
    return id;
  }

  SharedWeights weights() {
    return weights;
  }

  WorkerProgress progress() {
    return progress;
  }

  /** Around every read and every write, or null for none. */
  @Nullable TurnLock lock() {
    return lock;
  }

  /** Closes the gate until all workers have come, and lets them work up to a larger budget. */
  void extend(long newBudget) {
    stop();
    budget = newBudget;
    working.set(run.numWorkers());
    gate.close(run.numWorkers());
  }

  /**
   * Waits until all workers have come. The training clock starts when the last one does.
   *
   * @throws IllegalStateException after the longest wait; names whom it waited for
   */
  void enter(int worker) throws InterruptedException {
    gate.enter(worker, run.maxWait(), this::start);
  }

  private void start() {
    if (lastTick < 0) {
      keepSnapshotIfDue();
    }
    openedAt = Math.max(1, System.nanoTime());
  }

  /** Called by each worker when it is through; the last one stops the training clock. */
  void leave() {
    if (working.decrementAndGet() == 0) {
      stop();
    }
  }

  /** Stops the training clock, if it runs. */
  void stop() {
    nanosBefore = nanos();
    openedAt = 0;
  }

  /** On the training clock. */
  long nanos() {
    long opened = openedAt;
    return opened == 0 ? nanosBefore : nanosBefore + Math.max(0, System.nanoTime() - opened);
  }

  /** Done so far by all workers. */
  long numExamples() {
    long examples = 0;
    for (int worker = 0; worker < batchSizes.length; worker++) {
      examples += progress.stepsOf(worker) * batchSizes[worker];
    }
    return examples;
  }

  /**
   * How many mini-batches a worker may do before it asks again; 0 when the run is over. So many
   * that asking costs little, so few that no snapshot is skipped and that, near the end, the budget
   * is overshot by one mini-batch of each other worker (by what one had claimed before, if it was
   * held up since).
   *
   * @param most that are wanted
   */
  long claim(int worker, long most) {
    if (divergedAtUpdate > 0) {
      return 0;
    }
    long left = budget - numExamples();
    if (left <= 0) {
      return 0;
    }
    long share = left / ((long) batchSizes[worker] * batchSizes.length);
    long untilSnapshot =
        (snapshotInterval - progress.total() % snapshotInterval) / batchSizes.length;
    return Math.max(1, Math.min(most, Math.min(share, untilSnapshot)));
  }

  void diverged() {
    divergedAtUpdate = Math.max(1, progress.total());
  }

  /** The update after which it was seen that a number was not finite, or 0. */
  long divergedAtUpdate() {
    return divergedAtUpdate;
  }

  void countStaleness(int worker, long delay) {
    synchronized (staleness) {
      staleness.add(delay);
      workerStaleness.get(worker).add(delay);
    }
  }

  StalenessHistogram staleness() {
    synchronized (staleness) {
      return StalenessHistogram.of(staleness.counts(), staleness.sum(), staleness.max());
    }
  }

  StalenessHistogram staleness(int worker) {
    synchronized (staleness) {
      StalenessHistogram own = workerStaleness.get(worker);
      return StalenessHistogram.of(own.counts(), own.sum(), own.max());
    }
  }

  /** Keeps a snapshot if it is time for one and nobody else is at it. */
  void keepSnapshotIfDue() {
    long tick = progress.total() / snapshotInterval;
    if (tick <= lastTick || !keeping.tryLock()) {
      return;
    }
    try {
      if (tick > lastTick) {
        lastTick = tick;
        if (snapshots.isDue(tick)) {
          snapshots.keep(tick, current());
        }
      }
    } finally {
      keeping.unlock();
    }
  }

  /** The snapshots of more updates than given, ascending. */
  List<Snapshot> snapshotsAfter(long updates) {
    keeping.lock();
    try {
      List<Snapshot> fresh = new ArrayList<>();
      for (Snapshot snapshot : snapshots.kept()) {
        if (snapshot.updates() > updates) {
          fresh.add(snapshot);
        }
      }
      return fresh;
    } finally {
      keeping.unlock();
    }
  }

  /** A copy of the weights: a racy one while workers run, unless there is a lock. */
  Snapshot current() {
    if (lock == null) {
      return copy();
    }
    return lock.during(this::copy);
  }

  private Snapshot copy() {
    long maxStaleness;
    synchronized (staleness) {
      maxStaleness = staleness.max();
    }
    return new Snapshot(
        progress.total(),
        nanos() / 1e9,
        (double) numExamples() / numRows,
        0,
        weights.copy(),
        null,
        (int) Math.min(Integer.MAX_VALUE, maxStaleness));
  }

  @Override
  public void close() {
    RUNS.remove(id);
  }
}
