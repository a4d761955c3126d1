package dev.triptych.sync;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.Worker;
import dev.triptych.spark.worker.WorkerThreads;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * The map side of one pass over all examples: Σ ℓ and (1/n) Σ ∂ℓ/∂w of the workers that a Spark
 * task hosts, without the regularizer.
 */
final class PassTask implements TaskBody<StepGradient> {
  private static final long serialVersionUID = 1L;

  private final Objective objective;
  private final RunSettings run;
  private final long numRows;
  private final long pass;
  private final Broadcast<double[]> weights;

  PassTask(
      Objective objective, RunSettings run, long numRows, long pass, Broadcast<double[]> weights) {
    this.objective = objective;
    this.run = run;
    this.numRows = numRows;
    this.pass = pass;
    this.weights = weights;
  }

  @Override
  public StepGradient run(List<Worker> workers) throws Exception {
    WorkerTimes times = WorkerTimes.begin(workers);
    double[] shared = weights.value();
    times.ready(workers);
    if (run.stragglers().isNone()) {
      double[] gradient = new double[shared.length];
      double lossSum = 0;
      for (Worker worker : workers) {
        lossSum += add(worker, shared, gradient, times);
      }
      return new StepGradient(lossSum, gradient, times);
    }
    List<StepGradient> each =
        WorkerThreads.runAll(
            workers,
            worker -> {
              double[] gradient = new double[shared.length];
              // All share the times, which are there once.
              return new StepGradient(
                  add(worker, shared, gradient, times),
                  gradient,
                  new WorkerTimes(worker.numWorkers()));
            });
    StepGradient sum = new StepGradient(0, new double[shared.length], times);
    each.forEach(sum::plus);
    return sum;
  }

  private double add(Worker worker, double[] shared, double[] gradient, WorkerTimes times)
      throws InterruptedException {
    Pacer pacer = new Pacer(run.stragglers(), worker.index());
    times.begins(worker);
    long start = System.nanoTime();
    double lossSum =
        objective.model().addLossGradient(worker.block(), shared, 1.0 / numRows, gradient);
    pacer.finish(pass, start);
    times.ends(worker, pacer.busySeconds());
    return lossSum;
  }
}
