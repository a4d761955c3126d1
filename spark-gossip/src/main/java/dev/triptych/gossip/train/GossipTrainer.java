package dev.triptych.gossip.train;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.gossip.algorithm.NodeState;
import dev.triptych.gossip.algorithm.TrainingConditions;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Trainer;
import dev.triptych.spark.data.TrainingData;

/**
 * Decentralized training: every worker is a node with weights of its own and averages them with its
 * neighbours' in every round, directly, never through the driver. One round is one update of all
 * nodes; the run's weights are the mean of the nodes'. The clock starts when all nodes are ready,
 * and a round ends when the last node has done it.
 *
 * <p>With a target the rounds are cut into segments, one Spark job each; the nodes' states come
 * back to the driver in between and the mean is evaluated while the clock stands still.
 */
public final class GossipTrainer implements Trainer<GossipSettings> {

  @Override
  public TrainingRun train(
      Objective objective, TrainingData data, GossipSettings settings, ProgressListener progress) {
    check(data, settings);
    return new GossipSession(objective, data, settings, progress, false).run().run();
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
    return new GossipSession(objective, data, settings, progress, true).run();
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
    NodeState[] states = new NodeState[start.length];
    for (int node = 0; node < start.length; node++) {
      if (start[node].length != numParameters) {
        throw new IllegalArgumentException(
            "node %d starts with %d weights, the model has %d"
                .formatted(node, start[node].length, numParameters));
      }
      states[node] = new NodeState(node, start[node], settings.run().optimizer());
    }
    if (states.length != settings.run().numWorkers()) {
      throw new IllegalArgumentException(
          states.length + " starts for " + settings.run().numWorkers() + " nodes");
    }
    return new GossipSession(objective, data, settings, progress, true).startingFrom(states).run();
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
