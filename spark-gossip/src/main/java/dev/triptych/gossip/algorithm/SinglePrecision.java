package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.DenseFloat;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topology;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Another algorithm whose dense messages are rounded to floats: half the bytes. The node mixes its
 * own message rounded too, so that all who hear it hear the same, and the mean of the nodes moves
 * by no more than the rounding.
 */
public record SinglePrecision(RoundAlgorithm algorithm) implements RoundAlgorithm {
  @Override
  public String name() {
    return algorithm.name();
  }

  @Override
  public boolean sendsBeforeGradient() {
    return algorithm.sendsBeforeGradient();
  }

  @Override
  public int messageLength(int numParameters) {
    return algorithm.messageLength(numParameters);
  }

  @Override
  public Message message(NodeState node, double[] gradient, double stepSize) {
    Message message = algorithm.message(node, gradient, stepSize);
    return message instanceof DenseDouble ? DenseFloat.of(message.values()) : message;
  }

  @Override
  public void finish(NodeState node, double[] mixed, double[] gradient, double stepSize) {
    algorithm.finish(node, mixed, gradient, stepSize);
  }

  @Override
  public @Nullable String obstacle(Topology topology, MixingSequence mixing) {
    return algorithm.obstacle(topology, mixing);
  }

  @Override
  public boolean usesOptimizer() {
    return algorithm.usesOptimizer();
  }

  @Override
  public Map<String, String> inWords() {
    Map<String, String> words = new LinkedHashMap<>(algorithm.inWords());
    words.put("exchange-precision", "float32");
    return words;
  }
}
