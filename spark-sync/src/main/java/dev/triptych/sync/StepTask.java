package dev.triptych.sync;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.Worker;
import dev.triptych.spark.worker.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * The map side of one step: the gradients of the workers that a Spark task hosts, summed in worker
 * order.
 */
final class StepTask implements TaskBody<StepGradient> {
  private static final long serialVersionUID = 1L;

  private final Objective objective;
  private final RunSettings run;
  private final int batchSize;
  private final double[] workerWeights;
  private final long step;
  private final Broadcast<double[]> weights;

  /**
   * @param batchSize examples per worker, 0 for all
   * @param workerWeights share of each worker's mean gradient in the step, summing to 1
   */
  StepTask(
      Objective objective,
      RunSettings run,
      int batchSize,
      double[] workerWeights,
      long step,
      Broadcast<double[]> weights) {
    this.objective = objective;
    this.run = run;
    this.batchSize = batchSize;
    this.workerWeights = workerWeights;
    this.step = step;
    this.weights = weights;
  }

  @Override
  public StepGradient run(List<Worker> workers) throws Exception {
    double[] shared = weights.value();
    List<StepGradient> gradients =
        run.stragglers().isNone()
            ? oneAfterTheOther(workers, shared)
            : WorkerThreads.runAll(workers, worker -> gradient(worker, shared));
    StepGradient sum = gradients.get(0);
    for (int k = 1; k < gradients.size(); k++) {
      sum.plus(gradients.get(k));
    }
    return sum;
  }

  /** Without delays to sleep through, threads would only compete for the task's one core. */
  private List<StepGradient> oneAfterTheOther(List<Worker> workers, double[] shared)
      throws InterruptedException {
    List<StepGradient> gradients = new ArrayList<>(workers.size());
    for (Worker worker : workers) {
      gradients.add(gradient(worker, shared));
    }
    return gradients;
  }

  private StepGradient gradient(Worker worker, double[] shared) throws InterruptedException {
    Pacer pacer = new Pacer(run.stragglers(), worker.index());
    long start = System.nanoTime();
    int numRows = worker.block().numRows();
    BatchSampler sampler = Samplers.take(numRows, batchSize, run.seed(), worker.index());
    int from = sampler.seek(step);
    double[] gradient = new double[shared.length];
    objective.batchGradient(
        worker.block(), sampler.rows(), from, from + sampler.batchSize(), shared, gradient);
    Samplers.giveBack(sampler, numRows, batchSize, run.seed(), worker.index());
    double weight = workerWeights[worker.index()];
    for (int j = 0; j < gradient.length; j++) {
      gradient[j] *= weight;
    }
    pacer.finish(step, start);
    double[] busySeconds = new double[worker.numWorkers()];
    busySeconds[worker.index()] = pacer.busySeconds();
    return new StepGradient(0, gradient, busySeconds);
  }
}
