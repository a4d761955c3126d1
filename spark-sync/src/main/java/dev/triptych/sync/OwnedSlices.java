package dev.triptych.sync;

import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.spark.exchange.Completion;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The weights that one task is responsible for, in the ranges in which their gradients come
 * together here, each with its own state of the optimizer (Rajbhandari et al. 2020, ZeRO, stage 1).
 * A sum of gradients becomes the new weights in its place. Ranges may be completed on several
 * threads at a time.
 */
final class OwnedSlices implements Completion {
  private final Objective objective;
  private final Optimizer optimizer;
  private final double[] initial;
  private final ConcurrentHashMap<Integer, Slice> slices = new ConcurrentHashMap<>();
  private volatile double[] values = new double[0];
  private volatile double stepSize;
  private volatile long update;

  /**
   * @param initial weights before the first update, of which this keeps its own only
   */
  OwnedSlices(Objective objective, Optimizer optimizer, double[] initial) {
    this.objective = objective;
    this.optimizer = optimizer;
    this.initial = initial;
  }

  /**
   * Before an all-reduce.
   *
   * @param gradient the array that is summed
   * @param number of the update, from 1
   */
  OwnedSlices next(double[] gradient, double size, long number) {
    values = gradient;
    stepSize = size;
    update = number;
    return this;
  }

  @Override
  public void completed(int begin, int end) {
    slices.computeIfAbsent(begin, at -> new Slice(at, end)).update(values);
  }

  /** Values that are kept here. */
  int numOwned() {
    return slices.values().stream().mapToInt(slice -> slice.weights.length).sum();
  }

  private final class Slice {
    private final int begin;
    private final double[] weights;
    private final OptimizerState state;

    Slice(int begin, int end) {
      this.begin = begin;
      this.weights = Arrays.copyOfRange(initial, begin, end);
      this.state = optimizer.newState(end - begin);
    }

    void update(double[] sums) {
      int penalised = Math.min(weights.length, objective.model().numPenalised() - begin);
      var regularizer = objective.regularizer();
      for (int j = 0; j < penalised && !regularizer.isNone(); j++) {
        sums[begin + j] += regularizer.slope(weights[j]);
      }
      optimizer.applyRange(
          weights, state.first(), state.second(), 0, weights.length, sums, begin, stepSize, update);
      System.arraycopy(weights, 0, sums, begin, weights.length);
    }
  }
}
