package dev.triptych.gossip.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MembershipEpochsTest {
  private static final long SECOND = 1_000_000_000;
  private static final long NEW = MembershipEpochs.NEW;
  private long now;

  @Test
  void theFirstEpochStartsWhenAllNodesHaveComeAndAllTasksAreReady() {
    MembershipEpochs epochs = on("ring", 4);
    epochs.arrive(10, nodes(0, 1), rounds(NEW, NEW), 0, now);
    assertThat(epochs.epochFor(10, 0)).isNull();
    epochs.arrive(11, nodes(2, 3), rounds(NEW, NEW), 0, now);

    Epoch first = epochs.epochFor(10, 0);
    assertThat(first).isEqualTo(new Epoch(1, 0, List.of(0, 1, 2, 3), Map.of()));
    assertThat(epochs.epochFor(11, 0)).isEqualTo(first);
    epochs.ready(10, 1, now);
    assertThat(epochs.answerReady(10, 1)).isNull();
    epochs.ready(11, 1, now);
    assertThat(epochs.answerReady(10, 1)).isEqualTo(Answer.GO);
    assertThat(epochs.answer(11, 1)).isEqualTo(Answer.GO);
  }

  @Test
  void afterALossTheOthersGoOnFromTheFurthestRoundAndTheRetriedTaskTakesANeighboursWeights() {
    MembershipEpochs epochs = running("ring", 4);
    epochs.lost(2, "executor 1 is gone", now);
    assertThat(epochs.answer(0, 1)).isEqualTo(Answer.REFORM);
    epochs.arrive(0, nodes(0), rounds(7), 1, now);
    epochs.arrive(1, nodes(1), rounds(8), 1, now);
    assertThat(epochs.epochFor(0, 1)).isNull();
    epochs.arrive(3, nodes(3), rounds(6), 1, now);
    assertThat(epochs.epochFor(0, 1)).isEqualTo(new Epoch(2, 8, List.of(0, 1, 3), Map.of()));
    for (int task : List.of(0, 1, 3)) {
      epochs.ready(task, 2, now);
    }

    epochs.arrive(12, nodes(2), rounds(NEW), 0, now);
    assertThat(epochs.epochFor(12, 0)).isNull();
    assertThat(epochs.answer(0, 2)).isEqualTo(Answer.REFORM);
    epochs.arrive(0, nodes(0), rounds(20), 2, now);
    epochs.arrive(1, nodes(1), rounds(20), 2, now);
    epochs.arrive(3, nodes(3), rounds(21), 2, now);

    assertThat(epochs.epochFor(12, 0))
        .isEqualTo(new Epoch(3, 21, List.of(0, 1, 2, 3), Map.of(2, 3)));
    assertThat(epochs.notes())
        .containsExactly(
            "epoch 2 from round 8 without nodes [2] (executor 1 is gone)",
            "epoch 3 from round 21 with all nodes, node 2 back with the weights of node 3");
  }

  @Test
  void aSecondLossVoidsAnEpochThatIsBeingOpened() {
    MembershipEpochs epochs = running("complete", 4);
    epochs.lost(2, "gone", now);
    for (int task : List.of(0, 1, 3)) {
      epochs.arrive(task, nodes(task), rounds(5), 1, now);
    }
    epochs.ready(0, 2, now);
    epochs.lost(3, "gone too", now);
    assertThat(epochs.answerReady(0, 2)).isEqualTo(Answer.REFORM);
    epochs.arrive(0, nodes(0), rounds(5), 2, now);
    // Task 1 has not heard of epoch 2 yet and says again that it has arrived.
    epochs.arrive(1, nodes(1), rounds(5), 1, now);
    assertThat(epochs.epochFor(0, 2)).isNull();
    assertThat(epochs.epochFor(1, 1)).extracting(Epoch::number).isEqualTo(2);
    epochs.arrive(1, nodes(1), rounds(5), 2, now);

    assertThat(epochs.epochFor(1, 2)).isEqualTo(new Epoch(3, 5, List.of(0, 1), Map.of()));
  }

  @Test
  void whenTheGraphFallsApartTheLivingWaitForTheRetryAndThenStopWithTheReason() {
    MembershipEpochs epochs = running("path", 5);
    epochs.lost(2, "disk full", now);
    for (int task : List.of(0, 1, 3, 4)) {
      epochs.arrive(task, nodes(task), rounds(5), 1, now);
    }
    assertThat(epochs.epochFor(0, 1)).isNull();
    pass(epochs, 9, 0, 1, 3, 4);
    assertThat(epochs.isOver()).isFalse();
    pass(epochs, 2, 0, 1, 3, 4);

    assertThat(epochs.answer(0, 1)).isEqualTo(Answer.OVER);
    assertThat(epochs.stopReason())
        .startsWith("without nodes [2] the graph falls apart into [[0, 1], [3, 4]], and they have")
        .endsWith("(disk full)");
  }

  @Test
  void theRetryPutsTheGraphTogetherAgain() {
    MembershipEpochs epochs = running("path", 5);
    epochs.lost(2, "gone", now);
    for (int task : List.of(0, 1, 3, 4)) {
      epochs.arrive(task, nodes(task), rounds(5 + task), 1, now);
    }
    epochs.arrive(22, nodes(2), rounds(NEW), 0, now);

    assertThat(epochs.epochFor(0, 1))
        .isEqualTo(new Epoch(2, 9, List.of(0, 1, 2, 3, 4), Map.of(2, 3)));
  }

  @Test
  void whenNobodyHasWeightsAnyMoreAllBeginAgain() {
    MembershipEpochs epochs = running("ring", 2);
    epochs.lost(0, "gone", now);
    epochs.lost(1, "gone", now);
    epochs.arrive(8, nodes(0), rounds(NEW), 0, now);
    assertThat(epochs.epochFor(8, 0)).isNull();
    epochs.arrive(9, nodes(1), rounds(NEW), 0, now);

    assertThat(epochs.epochFor(8, 0)).isEqualTo(new Epoch(2, 0, List.of(0, 1), Map.of()));
  }

  @Test
  void theRunIsOverWhenAllMembersHaveDoneTheLastRound() {
    MembershipEpochs epochs = running("ring", 3);
    epochs.arrive(0, nodes(0), rounds(100), 1, now);
    epochs.arrive(1, nodes(1), rounds(100), 1, now);
    assertThat(epochs.answer(2, 1)).isEqualTo(Answer.GO);
    epochs.arrive(2, nodes(2), rounds(100), 1, now);

    assertThat(epochs.isOver()).isTrue();
    assertThat(epochs.stopReason()).isNull();
  }

  @Test
  void whoComesBackAfterSomeHaveFinishedWaitsForTheEnd() {
    MembershipEpochs epochs = running("ring", 4);
    epochs.lost(3, "gone", now);
    for (int task : List.of(0, 1, 2)) {
      epochs.arrive(task, nodes(task), rounds(5), 1, now);
      epochs.ready(task, 2, now);
    }
    for (int task : List.of(0, 1, 2)) {
      epochs.ready(task, 2, now);
    }
    epochs.arrive(0, nodes(0), rounds(100), 2, now);
    epochs.arrive(13, nodes(3), rounds(NEW), 0, now);
    assertThat(epochs.answer(1, 2)).isEqualTo(Answer.GO);
    epochs.arrive(1, nodes(1), rounds(100), 2, now);
    epochs.arrive(2, nodes(2), rounds(100), 2, now);

    assertThat(epochs.answer(13, 0)).isEqualTo(Answer.OVER);
  }

  @Test
  void aLossWhenSomeHaveFinishedEndsTheRun() {
    MembershipEpochs epochs = running("ring", 3);
    epochs.arrive(0, nodes(0), rounds(100), 1, now);
    epochs.lost(1, "gone", now);
    assertThat(epochs.answer(2, 1)).isEqualTo(Answer.REFORM);
    epochs.arrive(2, nodes(2), rounds(99), 1, now);

    assertThat(epochs.isOver()).isTrue();
  }

  @Test
  void anEarlierTaskOfANodeIsFenced() {
    MembershipEpochs epochs = running("ring", 3);
    epochs.arrive(11, nodes(1), rounds(NEW), 0, now);

    assertThat(epochs.answer(1, 1)).isEqualTo(Answer.REFORM);
    assertThatThrownBy(() -> epochs.arrive(1, nodes(1), rounds(9), 1, now))
        .hasMessageContaining("task 1 comes too late");
  }

  @Test
  void aSilentTaskIsLostAndComesBackWithItsOwnWeights() {
    MembershipEpochs epochs = running("ring", 3);
    pass(epochs, 3, 0, 1);
    pass(epochs, 3, 0, 1);
    epochs.arrive(0, nodes(0), rounds(9), 1, now);
    epochs.arrive(1, nodes(1), rounds(9), 1, now);
    assertThat(epochs.notes().get(0)).contains("without nodes [2] (the driver has not heard of it");
    epochs.ready(0, 2, now);
    epochs.ready(1, 2, now);

    assertThat(epochs.answer(2, 1)).isEqualTo(Answer.REFORM);
    epochs.arrive(2, nodes(2), rounds(4), 1, now);
    epochs.arrive(0, nodes(0), rounds(30), 2, now);
    epochs.arrive(1, nodes(1), rounds(30), 2, now);

    assertThat(epochs.epochFor(2, 1)).isEqualTo(new Epoch(3, 30, List.of(0, 1, 2), Map.of()));
  }

  @Test
  void aNeighbourThatHasSentAndIsNotHeardMeansAPartition() {
    MembershipEpochs epochs = running("ring", 4);
    epochs.heard(1, rounds(7), now);
    epochs.heard(2, rounds(7), now);
    epochs.complain(1, new Complaint(1, 7, List.of(2)), now);
    epochs.complain(1, new Complaint(2, 7, List.of(1)), now);
    pass(epochs, 1, 0, 1, 2, 3);
    assertThat(epochs.isOver()).as("the driver may hear later that node 2 is lost").isFalse();
    pass(epochs, 1, 0, 1, 2, 3);

    assertThat(epochs.stopReason())
        .isEqualTo(
            "network partition: nodes [1, 2] cannot reach nodes [1, 2] although the driver reaches"
                + " both");
  }

  @Test
  void aNeighbourThatHasNotSentIsSlow() {
    MembershipEpochs epochs = running("ring", 4);
    epochs.heard(2, rounds(6), now);
    epochs.complain(1, new Complaint(0, 8, List.of(1)), now);
    epochs.complain(1, new Complaint(1, 7, List.of(2)), now);
    pass(epochs, 1, 0, 1, 2, 3);
    pass(epochs, 1, 0, 1, 2, 3);

    assertThat(epochs.stopReason())
        .isEqualTo(
            "node 1 waited in vain in round 7 for its neighbours [2], which are alive: too slow, or"
                + " stuck");
  }

  @Test
  void complaintsAboutALostNodeEndInANewEpoch() {
    MembershipEpochs epochs = running("ring", 4);
    epochs.complain(1, new Complaint(1, 7, List.of(2)), now);
    epochs.complain(1, new Complaint(0, 8, List.of(1)), now);
    for (int task : List.of(0, 1, 3)) {
      epochs.arrive(task, nodes(task), rounds(7), 1, now);
    }
    assertThat(epochs.epochFor(0, 1)).isNull();
    epochs.lost(2, "gone", now);

    assertThat(epochs.epochFor(0, 1)).isEqualTo(new Epoch(2, 7, List.of(0, 1, 3), Map.of()));
  }

  @Test
  void whoDoesNotComeAtTheStartIsNamed() {
    MembershipEpochs epochs = on("ring", 3);
    epochs.arrive(0, nodes(0), rounds(NEW), 0, now);
    for (int second = 0; second < 11; second++) {
      pass(epochs, 1, 0);
    }

    assertThat(epochs.stopReason())
        .isEqualTo("of 3 nodes these have not joined within 11.0 s: [1, 2]");
  }

  /** All tasks, one per node and of the node's number, run epoch 1. */
  private MembershipEpochs running(String graph, int numNodes) {
    MembershipEpochs epochs = on(graph, numNodes);
    for (int node = 0; node < numNodes; node++) {
      epochs.arrive(node, nodes(node), rounds(NEW), 0, now);
    }
    for (int node = 0; node < numNodes; node++) {
      epochs.ready(node, 1, now);
    }
    assertThat(epochs.answer(0, 1)).isEqualTo(Answer.GO);
    return epochs;
  }

  private static MembershipEpochs on(String graph, int numNodes) {
    Topology topology = Topologies.byName(graph, numNodes);
    return new MembershipEpochs(
        new EpochSettings(
            MixingSequence.constant(MixingRules.defaultFor(topology).weights(topology)),
            false,
            0,
            100,
            10 * SECOND,
            5 * SECOND,
            3 * SECOND / 2));
  }

  /** Time passes while these tasks say that they are alive. */
  private void pass(MembershipEpochs epochs, int seconds, int... tasks) {
    now += seconds * SECOND;
    for (int task : tasks) {
      epochs.heard(task, rounds(0), now);
    }
    epochs.tick(now);
  }

  private static int[] nodes(int... nodes) {
    return nodes;
  }

  private static long[] rounds(long... rounds) {
    return rounds;
  }
}
