package dev.triptych.sync;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.spark.worker.Worker;
import dev.triptych.spark.worker.WorkerThreads;
import java.io.Serializable;
import java.util.Arrays;
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
   * @param times of the workers; filled in
   */
  void addGradients(
      List<Worker> workers, long step, double[] weights, double[] gradient, WorkerTimes times)
      throws Exception {
    addAll(
        workers, gradient, times, (worker, target) -> addGradient(worker, step, weights, target));
  }

  /** One worker's part of a sum. */
  @FunctionalInterface
  interface Part {
    /** Adds it to {@code target}; the worker's seconds. */
    double addTo(Worker worker, double[] target) throws InterruptedException;
  }

  /** Adds all workers' parts to {@code sum}, worker by worker, and their times. */
  void addAll(List<Worker> workers, double[] sum, WorkerTimes times, Part part) throws Exception {
    if (run.stragglers().isNone() || workers.size() == 1) {
      // Without delays to sleep through, threads would only compete for the task's one core.
      for (Worker worker : workers) {
        times.begins(worker);
        times.ends(worker, part.addTo(worker, sum));
      }
      return;
    }
    List<double[]> parts =
        WorkerThreads.runAll(
            workers,
            worker -> {
              double[] own = new double[sum.length];
              times.begins(worker);
              times.ends(worker, part.addTo(worker, own));
              return own;
            });
    parts.forEach(own -> StepGradient.addTo(sum, own));
  }

  /**
   * Adds share · (weights, optimizer's vectors) after some optimizer steps of one worker on
   * mini-batches of its own; its seconds.
   *
   * @param firstStep number of the first of them among all steps
   * @param epochsPerStep of one mini-batch of every worker, for the step size
   * @param start weights, then the optimizer's vectors; read only
   */
  double addLocalSteps(
      Worker worker,
      long firstStep,
      int localSteps,
      double epochsPerStep,
      double[] start,
      double[] target)
      throws InterruptedException {
    int length = objective.model().numParameters();
    int vectors = run.optimizer().numStateVectors();
    double[] weights = Arrays.copyOf(start, length);
    double[] first = Arrays.copyOfRange(start, length, vectors > 0 ? 2 * length : length);
    double[] second =
        Arrays.copyOfRange(start, start.length - (vectors > 1 ? length : 0), start.length);
    double[] gradient = new double[length];
    int numRows = worker.block().numRows();
    BatchSampler sampler = Samplers.take(numRows, batchSize, run.seed(), worker.index());
    Pacer pacer = new Pacer(run.stragglers(), worker.index());
    for (long step = firstStep; step < firstStep + localSteps; step++) {
      long begin = System.nanoTime();
      int from = sampler.seek(step);
      objective.batchGradient(
          worker.block(), sampler.rows(), from, from + sampler.batchSize(), weights, gradient);
      run.optimizer()
          .applyRange(
              weights,
              first,
              second,
              0,
              length,
              gradient,
              0,
              run.stepSize().at(step * epochsPerStep),
              step + 1);
      pacer.finish(step, begin);
    }
    Samplers.giveBack(sampler, numRows, batchSize, run.seed(), worker.index());
    addScaled(shares[worker.index()], weights, target, 0);
    addScaled(shares[worker.index()], first, target, length);
    addScaled(shares[worker.index()], second, target, 2 * length);
    return pacer.busySeconds();
  }

  private static void addScaled(double factor, double[] addend, double[] target, int at) {
    for (int j = 0; j < addend.length; j++) {
      target[at + j] += factor * addend[j];
    }
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
