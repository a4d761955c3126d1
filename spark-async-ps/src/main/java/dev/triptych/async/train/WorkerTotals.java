package dev.triptych.async.train;

import dev.triptych.core.training.WorkerActivity;
import java.util.ArrayList;
import java.util.List;

/** What the workers of a run did, summed over its jobs. */
final class WorkerTotals {
  private final int pushEvery;
  private final double[] computeSeconds;
  private final double[] waitSeconds;
  private final long[] acknowledged;

  /**
   * @param pushEvery mini-batches in a push
   */
  WorkerTotals(int numWorkers, int pushEvery) {
    this.pushEvery = pushEvery;
    computeSeconds = new double[numWorkers];
    waitSeconds = new double[numWorkers];
    acknowledged = new long[numWorkers];
  }

  /** One job, by task. */
  void add(List<List<WorkerActivity>> job) {
    for (List<WorkerActivity> task : job) {
      for (WorkerActivity activity : task) {
        computeSeconds[activity.worker()] += activity.computeSeconds();
        waitSeconds[activity.worker()] += activity.waitSeconds();
        acknowledged[activity.worker()] += activity.batches() / pushEvery;
      }
    }
  }

  /** Pushes that each worker was told are applied, by its own count. */
  long[] acknowledged() {
    return acknowledged.clone();
  }

  /**
   * @param clocks pushes taken from each worker
   */
  List<WorkerActivity> activities(long[] clocks) {
    List<WorkerActivity> activities = new ArrayList<>();
    for (int worker = 0; worker < clocks.length; worker++) {
      activities.add(
          new WorkerActivity(
              worker, clocks[worker] * pushEvery, computeSeconds[worker], waitSeconds[worker]));
    }
    return activities;
  }
}
