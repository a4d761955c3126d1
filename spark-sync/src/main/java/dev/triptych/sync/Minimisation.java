package dev.triptych.sync;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.FeatureStatistics;
import dev.triptych.core.minimizer.Evaluation;
import dev.triptych.core.minimizer.Lbfgs;
import dev.triptych.core.minimizer.Minimum;
import dev.triptych.core.minimizer.OwlQn;
import dev.triptych.core.minimizer.Preconditioned;
import dev.triptych.core.minimizer.SteepestDescent;
import dev.triptych.core.minimizer.StopRule;
import dev.triptych.core.minimizer.Watcher;
import dev.triptych.core.model.Objective;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.worker.WatchedJob;
import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Which minimizer runs in which coordinates, wherever it runs: L-BFGS, OWL-QN where the objective
 * has an L1 term, or gradient descent with a line search.
 *
 * @param coordinates better ones than the weights themselves, if there are any
 */
record Minimisation(
    SyncSettings.Algorithm algorithm, Objective objective, @Nullable Preconditioned coordinates)
    implements Serializable {

  /**
   * Looks at the data for better coordinates where there are intercepts: a Spark job. Without one
   * there is nothing to take up the means, and scaling alone made the passes more, not fewer. Spark
   * merges the statistics in the order in which they come, so with an intercept runs repeat to
   * rounding, not bit for bit.
   */
  static Minimisation of(
      SyncSettings.Algorithm algorithm, Objective objective, TrainingData data, Duration maxWait) {
    if (algorithm == SyncSettings.Algorithm.GD_LINE_SEARCH && objective.regularizer().l1() > 0) {
      throw new InvalidInputException(
          "--sync-algorithm gd-line-search: an L1 penalty has kinks; choose lbfgs");
    }
    boolean helps = algorithm == SyncSettings.Algorithm.LBFGS && objective.model().hasIntercepts();
    return new Minimisation(
        algorithm, objective, helps ? preconditioned(objective, data, maxWait) : null);
  }

  private static Preconditioned preconditioned(
      Objective objective, TrainingData data, Duration maxWait) {
    int numFeatures = objective.model().numFeatures();
    FeatureStatistics statistics =
        WatchedJob.run(
            JavaSparkContext.fromSparkContext(data.blocks().context()),
            "statistics of " + numFeatures + " features",
            maxWait,
            () ->
                data.blocks()
                    .map(
                        block -> {
                          FeatureStatistics ofBlock = new FeatureStatistics(numFeatures);
                          ofBlock.add(block);
                          return ofBlock;
                        })
                    .treeReduce(FeatureStatistics::merge, 2));
    return new Preconditioned(
        statistics,
        objective.model().parametersPerFeature(),
        objective.model().curvatureBound(0),
        objective.lambda());
  }

  /** Where the weights lie in these coordinates. */
  double[] pointOf(double[] weights) {
    return coordinates == null ? weights : coordinates.coordinates(weights);
  }

  /** The weights at a point; a copy. */
  double[] weightsAt(double[] point) {
    return coordinates == null ? point.clone() : coordinates.weights(point);
  }

  /**
   * From a point to the minimum.
   *
   * @param ofWeights the smooth part of F, as a function of the weights
   */
  Minimum minimise(Evaluation ofWeights, double[] start, StopRule rule, Watcher watcher) {
    Evaluation smooth = coordinates == null ? ofWeights : coordinates.of(ofWeights);
    if (algorithm == SyncSettings.Algorithm.GD_LINE_SEARCH) {
      return SteepestDescent.minimise(smooth, start, rule, watcher);
    }
    int memory = Lbfgs.memoryFor(start.length);
    double l1 = objective.regularizer().l1();
    if (l1 == 0) {
      return new Lbfgs(memory, coordinates == null ? 0 : Lbfgs.SCALED_STEP)
          .minimise(smooth, start, rule, watcher);
    }
    double[] byWeight = new double[start.length];
    Arrays.fill(byWeight, 0, objective.model().numPenalised(), l1);
    return new OwlQn(memory)
        .minimise(
            smooth,
            coordinates == null ? byWeight : coordinates.l1(byWeight),
            start,
            rule,
            watcher);
  }
}
