package dev.triptych.sync;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.spark.worker.Worker;
import dev.triptych.spark.worker.WorkerThreads;
import java.io.Serializable;
import java.util.List;

/**
 * What workers compute in a step, wherever they run: the gradients of their mini-batches, without
 * the regularizer, which is added once to the sum.
 *
 * @param batchSize examples per worker, 0 for all
 * @param shares of each worker's mean gradient in a step, summing to 1
 */
record MiniBatches(Objective objective, RunSettings run, int batchSize, double[] shares)
    implements Serializable {

  /**
   * Adds Σ over the given workers of share · (1/b) Σ c_i ∂ℓ_i to {@code gradient}, worker by
   * worker.
   *
   * @param busySeconds by worker; what they took is added
   */
  void addGradients(
      List<Worker> workers, long step, double[] weights, double[] gradient, double[] busySeconds)
      throws Exception {
    if (run.stragglers().isNone() || workers.size() == 1) {
      // Without delays to sleep through, threads would only compete for the task's one core.
      for (Worker worker : workers) {
        busySeconds[worker.index()] += addGradient(worker, step, weights, gradient);
      }
      return;
    }
    List<double[]> gradients =
        WorkerThreads.runAll(
            workers,
            worker -> {
              double[] own = new double[weights.length];
              busySeconds[worker.index()] += addGradient(worker, step, weights, own);
              return own;
            });
    gradients.forEach(own -> StepGradient.addTo(gradient, own));
  }

  /** Adds one worker's part; its seconds. */
  private double addGradient(Worker worker, long step, double[] weights, double[] gradient)
      throws InterruptedException {
    return add(worker, step, shares[worker.index()], weights, gradient);
  }

  /** Adds the mean gradient of one worker's mini-batch; its seconds. */
  double addMean(Worker worker, long step, double[] weights, double[] gradient)
      throws InterruptedException {
    return add(worker, step, 1, weights, gradient);
  }

  private double add(Worker worker, long step, double share, double[] weights, double[] gradient)
      throws InterruptedException {
    Pacer pacer = new Pacer(run.stragglers(), worker.index());
    long start = System.nanoTime();
    int numRows = worker.block().numRows();
    BatchSampler sampler = Samplers.take(numRows, batchSize, run.seed(), worker.index());
    int from = sampler.seek(step);
    double scale = share / sampler.batchSize();
    objective
        .model()
        .addGradient(
            worker.block(),
            sampler.rows(),
            from,
            from + sampler.batchSize(),
            weights,
            scale,
            gradient);
    Samplers.giveBack(sampler, numRows, batchSize, run.seed(), worker.index());
    pacer.finish(step, start);
    return pacer.busySeconds();
  }

  /** The shares of workers whose mini-batches are equally large, or that look at all examples. */
  static double[] shares(long[] rowsPerWorker, long numRows, boolean fullBatch) {
    double[] shares = new double[rowsPerWorker.length];
    for (int k = 0; k < shares.length; k++) {
      shares[k] = fullBatch ? (double) rowsPerWorker[k] / numRows : 1.0 / shares.length;
    }
    return shares;
  }
}
