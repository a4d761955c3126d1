package dev.triptych.sync;

import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.Worker;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * The map side of one round of local SGD: Σ over the workers that a Spark task hosts of share ·
 * (weights, optimizer's vectors) after H steps of their own.
 */
final class LocalTask implements TaskBody<StepGradient> {
  private static final long serialVersionUID = 1L;

  private final MiniBatches batches;
  private final int localSteps;
  private final double epochsPerStep;
  private final long round;
  private final Broadcast<double[]> weightsAndState;

  LocalTask(
      MiniBatches batches,
      int localSteps,
      double epochsPerStep,
      long round,
      Broadcast<double[]> weightsAndState) {
    this.batches = batches;
    this.localSteps = localSteps;
    this.epochsPerStep = epochsPerStep;
    this.round = round;
    this.weightsAndState = weightsAndState;
  }

  @Override
  public StepGradient run(List<Worker> workers) throws Exception {
    WorkerTimes times = WorkerTimes.begin(workers);
    double[] start = weightsAndState.value();
    times.ready(workers);
    double[] sum = new double[start.length];
    batches.addAll(
        workers,
        sum,
        times,
        (worker, to) ->
            batches.addLocalSteps(
                worker, round * localSteps, localSteps, epochsPerStep, start, to));
    return new StepGradient(0, sum, times);
  }
}
