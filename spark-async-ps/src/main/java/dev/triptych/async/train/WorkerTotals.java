package dev.triptych.async.train;

import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.timeline.Timeline;
import dev.triptych.core.training.StalenessHistogram;
import dev.triptych.core.training.WorkerActivity;
import java.util.ArrayList;
import java.util.List;

/** What the workers of a run did, summed over its jobs. */
final class WorkerTotals {
  private final int pushEvery;
  private final double[] computeSeconds;
  private final double[] waitSeconds;
  private final long[] acknowledged;
  private final List<SpanRecorder> recorders = new ArrayList<>();

  /**
   * @param pushEvery mini-batches in a push
   */
  WorkerTotals(int numWorkers, int pushEvery) {
    this.pushEvery = pushEvery;
    computeSeconds = new double[numWorkers];
    waitSeconds = new double[numWorkers];
    acknowledged = new long[numWorkers];
    for (int worker = 0; worker < numWorkers; worker++) {
      recorders.add(new SpanRecorder(SpanRecorder.MAX_SPLIT_SPANS));
    }
  }

  /**
   * One job, by task.
   *
   * @param clockNanos the training clock when it began
   */
  void add(List<List<WorkerEnd>> job, long clockNanos) {
    long began = Long.MAX_VALUE;
    for (List<WorkerEnd> task : job) {
      for (WorkerEnd end : task) {
        began = Math.min(began, end.beganNanos);
      }
    }
    for (List<WorkerEnd> task : job) {
      for (WorkerEnd end : task) {
        WorkerActivity activity = end.activity;
        // All first attempts begin when the gate opens, whatever their hosts' clocks say.
        recorders
            .get(activity.worker())
            .append(end.recorder, clockNanos + (end.again ? end.beganNanos - began : 0));
        computeSeconds[activity.worker()] += activity.computeSeconds();
        waitSeconds[activity.worker()] += activity.waitSeconds();
        acknowledged[activity.worker()] += activity.batches() / pushEvery;
      }
    }
  }

  /**
   * What the workers did until the training clock showed {@code clockNanos}.
   *
   * @param admitted whether servers let workers wait for others
   */
  Timeline timeline(long clockNanos, boolean admitted) {
    recorders.forEach(recorder -> recorder.end(clockNanos));
    return admitted ? Timeline.splitting(recorders) : Timeline.of(recorders);
  }

  /** Pushes that each worker was told are applied, by its own count. */
  long[] acknowledged() {
    return acknowledged.clone();
  }

  /**
   * @param clocks pushes taken from each worker
   * @param staleness of each worker's gradients; empty if that is not known
   */
  List<WorkerActivity> activities(long[] clocks, List<StalenessHistogram> staleness) {
    List<WorkerActivity> activities = new ArrayList<>();
    for (int worker = 0; worker < clocks.length; worker++) {
      activities.add(
          new WorkerActivity(
              worker,
              clocks[worker] * pushEvery,
              computeSeconds[worker],
              waitSeconds[worker],
              staleness.isEmpty() ? null : staleness.get(worker)));
    }
    return activities;
  }
}
