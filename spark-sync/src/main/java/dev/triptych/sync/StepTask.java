package dev.triptych.sync;

import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.Worker;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/** The map side of one step: the sum of the gradients of the workers that a Spark task hosts. */
final class StepTask implements TaskBody<StepGradient> {
  private static final long serialVersionUID = 1L;

  private final MiniBatches batches;
  private final long step;
  private final Broadcast<double[]> weights;

  StepTask(MiniBatches batches, long step, Broadcast<double[]> weights) {
    this.batches = batches;
    this.step = step;
    this.weights = weights;
  }

  @Override
  public StepGradient run(List<Worker> workers) throws Exception {
    WorkerTimes times = WorkerTimes.begin(workers);
    double[] shared = weights.value();
    times.ready(workers);
    double[] gradient = new double[shared.length];
    batches.addGradients(workers, step, shared, gradient, times);
    return new StepGradient(0, gradient, times).withoutZeros();
  }
}
