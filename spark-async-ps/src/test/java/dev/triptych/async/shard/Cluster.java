package dev.triptych.async.shard;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRule;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.RangePartition;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.StepSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Drives S shard machines with N workers in one thread, in an order drawn from a seed or scripted:
 * the pure counterpart of servers and workers. The gradient of a step depends on worker, step and
 * the weights read.
 */
final class Cluster {
  /** The gradient of a worker at the weights it read, dense. */
  interface GradientOf {
    double[] at(int worker, long step, double[] weights);
  }

  final List<ShardMachine<Integer>> machines = new ArrayList<>();
  final RangePartition partition;
  final int numWorkers;
  final GradientOf gradientOf;
  final boolean sparse;

  /**
   * By worker: weights to compute from, or null while a pull is unanswered or the worker is done.
   */
  final double[] @Nullable [] ready;

  final long[][] versions;
  final long[] steps;
  final boolean[] done;
  private final double[][] arriving;
  private final int[] missing;
  long now;

  Cluster(
      int numWorkers,
      int numParameters,
      int numShards,
      Optimizer optimizer,
      StepSize stepSize,
      Consistency consistency,
      long budget,
      boolean sparse,
      GradientOf gradientOf) {
    this(
        numWorkers,
        numParameters,
        numShards,
        optimizer,
        stepSize,
        consistency,
        DelayRules.none(),
        budget,
        sparse,
        gradientOf);
  }

  Cluster(
      int numWorkers,
      int numParameters,
      int numShards,
      Optimizer optimizer,
      StepSize stepSize,
      Consistency consistency,
      DelayRule delayRule,
      long budget,
      boolean sparse,
      GradientOf gradientOf) {
    this.numWorkers = numWorkers;
    this.partition = new RangePartition(numParameters, numShards);
    this.gradientOf = gradientOf;
    this.sparse = sparse;
    for (int shard = 0; shard < numShards; shard++) {
      machines.add(
          new ShardMachine<>(
              new ShardSettings(
                  numWorkers,
                  partition.length(shard),
                  optimizer,
                  stepSize,
                  consistency,
                  10,
                  budget,
                  1,
                  1000,
                  delayRule)));
    }
    ready = new double[numWorkers][];
    arriving = new double[numWorkers][];
    missing = new int[numWorkers];
    versions = new long[numWorkers][numShards];
    steps = new long[numWorkers];
    done = new boolean[numWorkers];
  }

  /** All workers send their first pull. */
  void start() {
    for (int worker = 0; worker < numWorkers; worker++) {
      arriving[worker] = new double[partition.numParameters()];
      missing[worker] = partition.numShards();
      for (int shard = 0; shard < partition.numShards(); shard++) {
        receive(
            shard,
            machines.get(shard).pull(new PullRequest(worker, 0, 0, Selection.all()), worker, now));
      }
    }
  }

  /** The worker pushes the gradient of what it read and asks for more. */
  void step(int worker) {
    double[] weights = ready[worker];
    double[] gradient = gradientOf.at(worker, steps[worker], weights);
    ready[worker] = null;
    arriving[worker] = new double[partition.numParameters()];
    missing[worker] = partition.numShards();
    long sequence = steps[worker]++;
    long[] read = versions[worker].clone();
    for (int shard = 0; shard < partition.numShards(); shard++) {
      int start = partition.start(shard);
      double[] slice = Arrays.copyOfRange(gradient, start, start + partition.length(shard));
      receive(
          shard,
          machines
              .get(shard)
              .push(
                  new PushRequest(
                      worker,
                      0,
                      sequence,
                      read[shard],
                      1,
                      sparse ? nonZeros(slice) : Gradient.dense(slice),
                      Selection.all()),
                  worker,
                  ++now));
    }
  }

  /** Steps of workers drawn at random until all are done. */
  void runToEnd(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    while (true) {
      int[] able = able();
      if (able.length == 0) {
        return;
      }
      step(able[random.nextInt(able.length)]);
    }
  }

  /** The workers that have weights to compute from. */
  int[] able() {
    int[] able = new int[numWorkers];
    int count = 0;
    for (int worker = 0; worker < numWorkers; worker++) {
      if (ready[worker] != null) {
        able[count++] = worker;
      }
    }
    return Arrays.copyOf(able, count);
  }

  double[] weights() {
    double[] weights = new double[partition.numParameters()];
    for (int shard = 0; shard < machines.size(); shard++) {
      machines
          .get(shard)
          .current()
          .weights()
          .get(weights, partition.start(shard), partition.length(shard));
    }
    return weights;
  }

  private void receive(int shard, List<Effect<Integer>> effects) {
    for (Effect<Integer> effect : effects) {
      if (effect instanceof Effect.Answer<Integer> answer) {
        int worker = answer.to();
        if (!(answer.response() instanceof Response.Weights weights)) {
          throw new AssertionError("worker " + worker + " got " + answer.response());
        }
        versions[worker][shard] = weights.version();
        if (weights.progress() == Progress.RUNNING) {
          weights
              .values()
              .duplicate()
              .get(arriving[worker], partition.start(shard), partition.length(shard));
        } else {
          done[worker] = true;
        }
        missing[worker]--;
        if (missing[worker] == 0 && !done[worker]) {
          ready[worker] = arriving[worker];
        }
      }
    }
  }

  private static Gradient nonZeros(double[] dense) {
    int[] positions = new int[dense.length];
    double[] values = new double[dense.length];
    int count = 0;
    for (int j = 0; j < dense.length; j++) {
      if (dense[j] != 0) {
        positions[count] = j;
        values[count++] = dense[j];
      }
    }
    return Gradient.sparse(Arrays.copyOf(positions, count), Arrays.copyOf(values, count));
  }

  /**
   * A least-squares gradient, coupled over all parameters, with noise that depends on worker and
   * step only, zeros included.
   */
  static GradientOf noisyQuadratic(long seed, int numParameters) {
    BiFunction<Integer, Long, double[]> noise =
        (worker, step) -> {
          SplittableRandom random = new SplittableRandom(seed * 31 + worker * 1_000_003L + step);
          double[] values = new double[numParameters];
          for (int j = 0; j < numParameters; j++) {
            values[j] = random.nextInt(3) == 0 ? 0 : random.nextDouble(-1, 1);
          }
          return values;
        };
    return (worker, step, weights) -> {
      double[] gradient = noise.apply(worker, step);
      double coupling = 0.02 * Arrays.stream(weights).sum();
      for (int j = 0; j < numParameters; j++) {
        if (gradient[j] != 0) {
          gradient[j] += weights[j] - j + coupling;
        }
      }
      return gradient;
    };
  }
}
