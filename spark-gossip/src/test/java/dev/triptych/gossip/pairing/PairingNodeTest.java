package dev.triptych.gossip.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.gossip.pairing.PairMessage.Answer;
import dev.triptych.gossip.pairing.PairMessage.Pull;
import dev.triptych.gossip.pairing.PairMessage.Request;
import dev.triptych.gossip.pairing.PairMessage.Settled;
import dev.triptych.gossip.pairing.PairMessage.Weights;
import dev.triptych.gossip.topology.Topologies;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairingNodeTest {
  private static final Patience PATIENCE = new Patience(20, 100);
  private static final PairOrder PATH = PairOrder.of(Topologies.byName("path", 3));

  private record Sent(int to, PairMessage message) {}

  private final List<Sent> sent = new ArrayList<>();

  /** Node 0 asks node 1, which is asked by both ends of the path. */
  private final PairingNode end = node(0, 2);

  private final PairingNode middle = node(1, 8);

  @Test
  void bothHaveTheMeanAfterwards() {
    assertThat(end.start(0, this::send)).isTrue();
    middle.receive(0, takeOnly(1), 0, this::send);
    assertThat(end.isWaiting()).isTrue();
    end.receive(1, takeOnly(0), 0, this::send);

    assertThat(end.isWaiting()).isFalse();
    assertThat(end.weights()).containsExactly(5);
    assertThat(middle.weights()).containsExactly(5);
    assertThat(takeOnly(1)).isInstanceOf(Settled.class);
  }

  @Test
  void aNodeThatNobodyAsksBackStartsNothing() {
    assertThat(middle.start(0, this::send)).isFalse();
    assertThat(sent).isEmpty();
  }

  @Test
  void aWaitingNodeHoldsRequestsUntilItsOwnAnswer() {
    PairOrder ring = PairOrder.of(Topologies.byName("ring", 3));
    PairingNode lowest = PairingNode.of(0, ring, new double[] {0}, PATIENCE, seedThatAsks(1), 0);
    PairingNode between = PairingNode.of(1, ring, new double[] {8}, PATIENCE, 1, 0);
    PairingNode highest = PairingNode.of(2, ring, new double[] {16}, PATIENCE, 1, 0);
    between.start(0, this::send);
    PairMessage up = takeOnly(2);
    lowest.start(0, this::send);
    between.receive(0, takeOnly(1), 0, this::send);
    assertThat(sent).as("held").isEmpty();

    highest.receive(1, up, 0, this::send);
    between.receive(2, takeOnly(1), 0, this::send);
    assertThat(sent).extracting(Sent::to).containsExactly(2, 0);
    lowest.receive(1, sent.get(1).message(), 0, this::send);
    assertThat(highest.weights()).containsExactly(12);
    assertThat(between.weights()).containsExactly(6);
    assertThat(lowest.weights()).containsExactly(6);
  }

  @Test
  void aRepeatedRequestGetsTheSameAnswerAndChangesNothing() {
    end.start(0, this::send);
    PairMessage request = takeOnly(1);
    middle.receive(0, request, 0, this::send);
    PairMessage answer = takeOnly(0);
    middle.receive(0, request, 0, this::send);
    assertThat(takeOnly(0)).isSameAs(answer);
    assertThat(middle.weights()).containsExactly(5);

    end.receive(1, answer, 0, this::send);
    PairMessage settled = takeOnly(1);
    end.receive(1, answer, 0, this::send);
    middle.receive(0, settled, 0, this::send);
    middle.receive(0, request, 0, this::send);
    assertThat(sent).as("settled is settled").isEmpty();
    assertThat(end.weights()).containsExactly(5);
    assertThat(middle.weights()).containsExactly(5);
  }

  @Test
  void aLostAnswerComesLateAsADifference() {
    end.start(0, this::send);
    middle.receive(0, takeOnly(1), 0, this::send);
    sent.clear();
    end.tick(101, this::send);
    assertThat(end.isWaiting()).as("its patience is over").isFalse();
    assertThat(end.gone()).containsExactly(1);
    PairMessage again = takeOnly(1);
    assertThat(again).isInstanceOf(Request.class);
    assertThat(end.start(101, this::send)).as("nobody else to ask").isFalse();
    end.weights()[0] += 64;
    middle.receive(0, again, 101, this::send);
    end.receive(1, takeOnly(0), 101, this::send);

    assertThat(end.gone()).isEmpty();
    assertThat(end.weights()).containsExactly(5 + 64);
    assertThat(middle.weights()).containsExactly(5);
  }

  @Test
  void anAnswerToAFormerAttemptIsNoAnswerToThisOne() {
    end.start(0, this::send);
    middle.receive(0, takeOnly(1), 0, this::send);
    PairMessage stale = takeOnly(0);
    PairingNode again = PairingNode.rejoining(0, 1, PATH, 1, PATIENCE, 1, 200);
    again.tick(200, this::send);
    assertThat(again.isJoining()).isTrue();
    middle.receive(0, takeOnly(1), 200, this::send);
    again.receive(1, takeOnly(0), 200, this::send);
    assertThat(again.isJoining()).isFalse();
    again.start(200, this::send);
    PairMessage request = takeOnly(1);
    again.receive(1, stale, 200, this::send);

    assertThat(again.weights()).as("a neighbour's weights").containsExactly(5);
    assertThat(again.isWaiting()).isTrue();
    middle.weights()[0] = 7;
    middle.receive(0, request, 200, this::send);
    again.receive(1, takeOnly(0), 200, this::send);
    assertThat(again.weights()).containsExactly(6);
    assertThat(middle.weights()).containsExactly(6);
  }

  @Test
  void aJoiningNodeHoldsRequestsAndPassesWeightsOnOnceItHasThem() {
    PairingNode joining = PairingNode.rejoining(1, 1, PATH, 1, PATIENCE, 1, 0);
    joining.tick(0, this::send);
    assertThat(sent).extracting(Sent::to).containsExactly(0, 2);
    sent.clear();
    end.start(0, this::send);
    joining.receive(0, takeOnly(1), 0, this::send);
    joining.receive(2, new Pull(), 0, this::send);
    assertThat(sent).isEmpty();

    joining.receive(0, new Weights(new double[] {4}), 0, this::send);
    assertThat(sent).hasSize(2);
    assertThat(sent.get(0).message()).isInstanceOf(Weights.class);
    assertThat(sent.get(1).message()).isInstanceOf(Answer.class);
    assertThat(joining.weights()).containsExactly(3);
  }

  @Test
  void quietNeighboursAreAskedAndThenMissedUntilTheyAreHeard() {
    middle.tick(250, this::send);
    assertThat(sent).as("are you there?").hasSize(2);
    assertThat(middle.gone()).isEmpty();
    middle.tick(301, this::send);
    assertThat(middle.gone()).containsExactly(0, 2);
    middle.receive(2, new PairMessage.Alive(), 310, this::send);
    assertThat(middle.gone()).containsExactly(0);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatThrownBy(() -> end.receive(2, new PairMessage.Ping(), 0, this::send))
        .hasMessageContaining("node 2 is no neighbour of node 0");
    assertThatThrownBy(() -> end.receive(1, new Request(1, new double[1]), 0, this::send))
        .hasMessageContaining("node 1 does not ask node 0");
    assertThatThrownBy(() -> middle.receive(0, new Request(1, new double[2]), 0, this::send))
        .hasMessageContaining("node 1 has 1 weights, a message of node 0 has 2");
  }

  private void send(int to, PairMessage message) {
    sent.add(new Sent(to, message));
  }

  private PairMessage takeOnly(int to) {
    assertThat(sent).hasSize(1);
    Sent only = sent.remove(0);
    assertThat(only.to()).isEqualTo(to);
    return only.message();
  }

  private static PairingNode node(int node, double weight) {
    return PairingNode.of(node, PATH, new double[] {weight}, PATIENCE, 1, 0);
  }

  /** A seed with which node 0 of the triangle asks that one first. */
  private static long seedThatAsks(int partner) {
    PairOrder ring = PairOrder.of(Topologies.byName("ring", 3));
    for (long seed = 0; ; seed++) {
      List<Integer> asked = new ArrayList<>();
      PairingNode.of(0, ring, new double[1], PATIENCE, seed, 0)
          .start(0, (to, message) -> asked.add(to));
      if (asked.get(0) == partner) {
        return seed;
      }
    }
  }
}
