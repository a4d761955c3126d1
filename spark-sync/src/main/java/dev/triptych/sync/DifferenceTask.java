package dev.triptych.sync;

import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.Worker;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * The map side of one step of SVRG: the gradients of the workers that a Spark task hosts at w, less
 * those of the same mini-batches at the anchor.
 */
final class DifferenceTask implements TaskBody<StepGradient> {
  private static final long serialVersionUID = 1L;

  private final MiniBatches batches;
  private final long step;
  private final Broadcast<double[]> weightsAndAnchor;

  DifferenceTask(MiniBatches batches, long step, Broadcast<double[]> weightsAndAnchor) {
    this.batches = batches;
    this.step = step;
    this.weightsAndAnchor = weightsAndAnchor;
  }

  @Override
  public StepGradient run(List<Worker> workers) throws Exception {
    WorkerTimes times = WorkerTimes.begin(workers);
    double[] both = weightsAndAnchor.value();
    times.ready(workers);
    int length = both.length / 2;
    double[] weights = Arrays.copyOf(both, length);
    double[] anchor = Arrays.copyOfRange(both, length, both.length);
    double[] here = new double[length];
    double[] there = new double[length];
    batches.addGradients(workers, step, weights, here, times);
    batches.addGradients(workers, step, anchor, there, times);
    for (int j = 0; j < length; j++) {
      here[j] -= there[j];
    }
    return new StepGradient(0, here, times).withoutZeros();
  }
}
