package dev.triptych.sync;

import dev.triptych.spark.worker.HostClock;
import dev.triptych.spark.worker.Worker;
import java.io.Serializable;
import java.util.List;

/**
 * When the workers of some tasks did what in one step, on the {@link HostClock}; by worker, 0 for
 * those of other tasks. Travels, so a plain class (Spark's Kryo serializer cannot read records).
 * Workers of one task may fill in their own places at the same time.
 */
final class WorkerTimes implements Serializable {
  private static final long serialVersionUID = 1L;

  // When its task began, and when that had the weights.
  final long[] arrived;
  final long[] ready;
  // From the beginning of its first gradient to the end of its last.
  final long[] from;
  final long[] to;
  final double[] busySeconds;

  WorkerTimes(int numWorkers) {
    this.arrived = new long[numWorkers];
    this.ready = new long[numWorkers];
    this.from = new long[numWorkers];
    this.to = new long[numWorkers];
    this.busySeconds = new double[numWorkers];
  }

  /** For the workers of a task that begins now. */
  static WorkerTimes begin(List<Worker> workers) {
    WorkerTimes times = new WorkerTimes(workers.get(0).numWorkers());
    long now = HostClock.nanos();
    for (Worker worker : workers) {
      times.arrived[worker.index()] = now;
    }
    return times;
  }

  /** The weights are there. */
  void ready(List<Worker> workers) {
    long now = HostClock.nanos();
    for (Worker worker : workers) {
      ready[worker.index()] = now;
    }
  }

  /** A worker begins its gradient. */
  void begins(Worker worker) {
    if (from[worker.index()] == 0) {
      from[worker.index()] = HostClock.nanos();
    }
  }

  /** A worker has its gradient. */
  void ends(Worker worker, double seconds) {
    busySeconds[worker.index()] += seconds;
    to[worker.index()] = HostClock.nanos();
  }

  /** Adds those of other workers. */
  void add(WorkerTimes other) {
    add(arrived, other.arrived);
    add(ready, other.ready);
    add(from, other.from);
    add(to, other.to);
    StepGradient.addTo(busySeconds, other.busySeconds);
  }

  private static void add(long[] target, long[] addend) {
    for (int k = 0; k < target.length; k++) {
      target[k] += addend[k];
    }
  }
}
