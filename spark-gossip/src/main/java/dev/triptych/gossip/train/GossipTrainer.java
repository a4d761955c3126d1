package dev.triptych.gossip.train;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.model.InitialWeights;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.gossip.algorithm.PairwiseAveraging;
import dev.triptych.gossip.algorithm.TrainingConditions;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Trainer;
import dev.triptych.spark.data.TrainingData;
import org.jspecify.annotations.Nullable;

/**
 * Decentralized training: every worker is a node with weights of its own and averages them with its
 * neighbours' in every round, directly, never through the driver. One round is one update of all
 * nodes; the run's weights are the mean of the nodes'. The clock starts when all nodes are ready,
 * and a round ends when the last node has done it.
 *
 * <p>AD-PSGD has no rounds: there one update is one node's gradient step, the nodes share the steps
 * that the epochs ask for as fast as each of them is, and snapshots are of nearly one time.
 *
 * <p>With a target the rounds are cut into segments, one Spark job each; the nodes' states come
 * back to the driver in between and the mean is evaluated while the clock stands still.
 */
public final class GossipTrainer implements Trainer<GossipSettings> {

  @Override
  public TrainingRun train(
      Objective objective, TrainingData data, GossipSettings settings, ProgressListener progress) {
    check(data, settings);
    return run(objective, data, settings, progress, false).run();
  }

  /**
   * Like {@link #train}, and brings every node's own weights to the driver.
   *
   * @throws InvalidInputException if settings and data do not fit together, or the graph cannot
   *     reach consensus and that is not allowed
   */
  public GossipRun trainNodes(
      Objective objective, TrainingData data, GossipSettings settings, ProgressListener progress) {
    check(data, settings);
    return run(objective, data, settings, progress, true);
  }

  /** A warm start is every node's; any other start a node finds by itself. */
  private static GossipRun run(
      Objective objective,
      TrainingData data,
      GossipSettings settings,
      ProgressListener progress,
      boolean nodeWeightsWanted) {
    double @Nullable [][] start = null;
    if (objective.initialWeights(settings.run().seed()) instanceof InitialWeights.Given warm) {
      start = new double[settings.run().numWorkers()][];
      for (int node = 0; node < start.length; node++) {
        start[node] = warm.values().clone();
      }
    }
    return run(start, objective, data, settings, progress, nodeWeightsWanted);
  }

  private static GossipRun run(
      double @Nullable [][] start,
      Objective objective,
      TrainingData data,
      GossipSettings settings,
      ProgressListener progress,
      boolean nodeWeightsWanted) {
    if (settings.algorithm() instanceof PairwiseAveraging) {
      PairSession pairs = new PairSession(objective, data, settings, progress, nodeWeightsWanted);
      return (start == null ? pairs : pairs.startingFrom(start)).run();
    }
    GossipSession rounds =
        new GossipSession(objective, data, settings, progress, nodeWeightsWanted);
    return (start == null ? rounds : rounds.startingFrom(start)).run();
  }

  /**
   * Like {@link #trainNodes}, but every node starts from weights of its own, to watch how they come
   * to agree.
   *
   * @param start by node, N × numParameters; taken over
   */
  public GossipRun trainNodesFrom(
      double[][] start,
      Objective objective,
      TrainingData data,
      GossipSettings settings,
      ProgressListener progress) {
    check(data, settings);
    int numParameters = objective.model().numParameters();
    if (start.length != settings.run().numWorkers()) {
      throw new IllegalArgumentException(
          start.length + " starts for " + settings.run().numWorkers() + " nodes");
    }
    for (int node = 0; node < start.length; node++) {
      if (start[node].length != numParameters) {
        throw new IllegalArgumentException(
            "node %d starts with %d weights, the model has %d"
                .formatted(node, start[node].length, numParameters));
      }
    }
    return run(start, objective, data, settings, progress, true);
  }

  private static void check(TrainingData data, GossipSettings settings) {
    if (data.numWorkers() != settings.run().numWorkers()) {
      throw new InvalidInputException(
          String.format(
              "the data is cut for %d workers and the settings ask for %d",
              data.numWorkers(), settings.run().numWorkers()));
    }
    TrainingConditions.checkOptimizer(settings.algorithm(), settings.run().optimizer());
    TrainingConditions.checkGraph(
        settings.algorithm(), settings.topology(), settings.mixing(), settings.allowDisconnected());
  }
}
