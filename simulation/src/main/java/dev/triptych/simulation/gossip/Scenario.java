package dev.triptych.simulation.gossip;

import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.gossip.algorithm.NodeState;
import dev.triptych.gossip.algorithm.RoundAlgorithm;
import dev.triptych.gossip.mixing.MixingSequence;

/**
 * A run to be simulated: f_i(x) = ½ curvature · ‖x − start_i‖² at node i, which starts at start_i.
 *
 * @param curvature 0 for averaging alone
 * @param starts by node
 */
public record Scenario(
    MixingSequence mixing,
    RoundAlgorithm algorithm,
    Optimizer optimizer,
    double[][] starts,
    double curvature,
    double stepSize,
    long numRounds) {

  int numNodes() {
    return mixing.numNodes();
  }

  int numParameters() {
    return starts[0].length;
  }

  NodeState initialState(int node) {
    return stateWith(node, starts[node]);
  }

  NodeState stateWith(int node, double[] weights) {
    return new NodeState(node, weights, optimizer);
  }

  void gradient(int node, double[] weights, double[] gradient) {
    for (int p = 0; p < gradient.length; p++) {
      gradient[p] = curvature * (weights[p] - starts[node][p]);
    }
  }
}
