package dev.triptych.sync;

import dev.triptych.core.timeline.Activity;
import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.spark.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the workers of one task did on the training clock of a run whose steps go without the
 * driver. An exchange begins when the task's last worker is done, and is communicating here: how
 * much of it was waiting for other tasks, {@link dev.triptych.core.timeline.Timeline#splitting}
 * says. Time comes in as nanoseconds on any monotonic clock; one thread.
 */
final class CollectiveSpans {
  private final List<Worker> workers;
  private final List<SpanRecorder> recorders = new ArrayList<>();
  private long zero;

  CollectiveSpans(List<Worker> workers) {
    this.workers = workers;
    for (int k = 0; k < workers.size(); k++) {
      recorders.add(new SpanRecorder(SpanRecorder.MAX_SPLIT_SPANS));
    }
  }

  /** A step begins. */
  void resume(long now, long clockNanos) {
    zero = now - clockNanos;
  }

  /** All workers of the task have their gradients; the exchange begins. */
  void add(WorkerTimes times, long now) {
    long first = times.from[workers.get(0).index()];
    for (int k = 0; k < recorders.size(); k++) {
      int worker = workers.get(k).index();
      SpanRecorder recorder = recorders.get(k);
      // Until its turn in the task comes.
      recorder.to(Activity.WAITING, first - zero);
      recorder.to(Activity.COMPUTING, times.from[worker] - zero);
      recorder.to(Activity.WAITING, times.to[worker] - zero);
      recorder.to(Activity.COMMUNICATING, now - zero);
    }
  }

  /** The sum is there: the task updates, then the first worker goes on. */
  void exchanged(long now) {
    for (SpanRecorder recorder : recorders) {
      recorder.to(Activity.COMPUTING, now - zero);
    }
  }

  /** The run is over. */
  void end(long clockNanos, @Nullable SpanRecorder[] byWorker) {
    for (int k = 0; k < recorders.size(); k++) {
      recorders.get(k).end(clockNanos);
      byWorker[workers.get(k).index()] = recorders.get(k);
    }
  }
}
