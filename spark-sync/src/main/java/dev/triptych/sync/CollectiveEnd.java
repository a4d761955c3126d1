package dev.triptych.sync;

import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.training.StopReason;
import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended; the same steps and trace in all tasks. Travels to the driver, so a plain class
 * (Spark's Kryo serializer cannot read records). Filled by one thread.
 */
final class CollectiveEnd implements Serializable {
  private static final long serialVersionUID = 1L;

  // By trace point.
  private double[] seconds = new double[0];
  private long[] updates = new long[0];
  private double[] epochs = new double[0];
  private double[] objectives = new double[0];

  // By worker; 0 for those of other tasks.
  final double[] busySeconds;
  final long[] begun;
  final long[] used;
  StopReason reason = StopReason.COMPLETED;
  long steps;
  double clockSeconds;
  double @Nullable [] weights;
  @Nullable String failure;
  // Whether the failure is what other tasks did, and they say more.
  boolean isConsequence;
  // By worker; null for those of other tasks, and where nothing was recorded.
  final @Nullable SpanRecorder[] recorders;

  CollectiveEnd(int numWorkers) {
    this.busySeconds = new double[numWorkers];
    this.begun = new long[numWorkers];
    this.used = new long[numWorkers];
    this.recorders = new SpanRecorder[numWorkers];
  }

  void addPoint(double atSeconds, long atUpdates, double atEpochs, double objective) {
    int last = numPoints();
    seconds = Arrays.copyOf(seconds, last + 1);
    updates = Arrays.copyOf(updates, last + 1);
    epochs = Arrays.copyOf(epochs, last + 1);
    objectives = Arrays.copyOf(objectives, last + 1);
    seconds[last] = atSeconds;
    updates[last] = atUpdates;
    epochs[last] = atEpochs;
    objectives[last] = objective;
  }

  int numPoints() {
    return seconds.length;
  }

  double seconds(int point) {
    return seconds[point];
  }

  long updates(int point) {
    return updates[point];
  }

  double epochs(int point) {
    return epochs[point];
  }

  double objective(int point) {
    return objectives[point];
  }
}
