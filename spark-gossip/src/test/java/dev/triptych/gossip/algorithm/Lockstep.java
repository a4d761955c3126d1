package dev.triptych.gossip.algorithm;

import dev.triptych.core.optimizer.Sgd;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingSequence;
import java.util.ArrayList;
import java.util.List;

/** All nodes round by round in one thread, with nothing but the pure parts. */
final class Lockstep {
  private final RoundAlgorithm algorithm;
  private final MixingSequence mixing;
  private final List<NodeState> nodes = new ArrayList<>();
  private final int numParameters;

  /** Nodes with zero weights and plain SGD. */
  Lockstep(GossipAlgorithm algorithm, MixingSequence mixing, int numParameters) {
    this.algorithm = (RoundAlgorithm) algorithm;
    this.mixing = mixing;
    this.numParameters = numParameters;
    for (int i = 0; i < mixing.numNodes(); i++) {
      nodes.add(new NodeState(i, numParameters, new Sgd()));
    }
  }

  /** Sets a node's weights. */
  void start(int node, double... weights) {
    nodes.get(node).finishRound(weights);
  }

  /** Fills a node's gradient at x. */
  interface Gradient {
    void at(int node, double[] x, double[] gradient);
  }

  void run(int rounds, Gradient gradient, double stepSize) {
    for (int t = 0; t < rounds; t++) {
      round(t, gradient, stepSize);
    }
  }

  void round(long t, Gradient gradient, double stepSize) {
    MixingMatrix weights = mixing.at(t);
    double[][] gradients = new double[nodes.size()][numParameters];
    Message[] messages = new Message[nodes.size()];
    for (int i = 0; i < messages.length; i++) {
      gradient.at(i, nodes.get(i).weights(), gradients[i]);
      messages[i] = algorithm.message(nodes.get(i), gradients[i], stepSize);
    }
    for (int i = 0; i < messages.length; i++) {
      Message[] heard = new Message[weights.sources(i).length];
      for (int k = 0; k < heard.length; k++) {
        heard[k] = messages[weights.sources(i)[k]];
      }
      algorithm.finish(nodes.get(i), Mixing.mix(weights.weights(i), heard), gradients[i], stepSize);
    }
  }

  NodeState node(int node) {
    return nodes.get(node);
  }

  /** The first weight of each node. */
  double[] first() {
    return nodes.stream().mapToDouble(node -> node.weights()[0]).toArray();
  }
}
