package dev.triptych.gossip.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.optimizer.Sgd;
import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.DenseFloat;
import dev.triptych.gossip.message.Message;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MixingTest {
  @Test
  void mixingInBlocksGivesTheBitsOfMixingOneMessageAfterTheOther() {
    Random random = new Random(5);
    for (int length : new int[] {0, 1, 2048, 2049, 10_000}) {
      double[] weights = {0.3, 0.5, 0.2};
      Message[] messages = new Message[3];
      double[] expected = new double[length];
      for (int k = 0; k < messages.length; k++) {
        double[] values = random.doubles(length).toArray();
        messages[k] = k == 1 ? DenseFloat.of(values) : new DenseDouble(values);
        double[] sent = messages[k].values();
        for (int p = 0; p < length; p++) {
          expected[p] += weights[k] * sent[p];
        }
      }

      assertThat(Mixing.mix(weights, messages)).isEqualTo(expected);
    }
  }

  @Test
  void inSinglePrecisionANodeMixesItsOwnMessageAsTheOthersHearIt() {
    SinglePrecision rounded =
        new SinglePrecision((RoundAlgorithm) GossipAlgorithms.byName("dpsgd"));
    NodeState node = new NodeState(0, 1, new Sgd());
    node.finishRound(new double[] {0.1});

    Message message = rounded.message(node, new double[1], 0);

    assertThat(message.payloadBytes()).isEqualTo(4);
    assertThat(message.values()[0]).isEqualTo((float) 0.1).isNotEqualTo(0.1);
    assertThat(message.values()[0]).isCloseTo(0.1, within(1e-8));
    assertThat(rounded.inWords()).containsEntry("exchange-precision", "float32");
  }
}
