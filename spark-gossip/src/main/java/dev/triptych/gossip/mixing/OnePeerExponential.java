package dev.triptych.gossip.mixing;

import dev.triptych.gossip.topology.Topology;
import java.util.ArrayList;
import java.util.List;

/**
 * The one-peer exponential graph (Ying et al., Exponential graph is provably efficient for
 * decentralized deep training, NeurIPS 2021): in round t node i takes half of its own value and
 * half of node i + 2^(t mod τ)'s, τ = ⌈log2 n⌉. For n = 2^τ any τ rounds in a row are exactly the
 * mean; for other n the distance only shrinks.
 */
final class OnePeerExponential {
  static final String NAME = "one-peer-exponential";

  private OnePeerExponential() {}

  static MixingSequence on(int numNodes) {
    Topology.checkSize("one-peer exponential graph", numNodes, 20L * numNodes);
    List<MixingMatrix> rounds = new ArrayList<>();
    for (int hop = 1; hop < numNodes; hop <<= 1) {
      RoundWeights weights = new RoundWeights(numNodes);
      for (int i = 0; i < numNodes; i++) {
        weights.hear(i, (i + hop) % numNodes, 0.5);
      }
      rounds.add(weights.build(NAME));
    }
    if (rounds.isEmpty()) {
      rounds.add(new RoundWeights(numNodes).build(NAME));
    }
    return MixingSequence.periodic(rounds);
  }
}
