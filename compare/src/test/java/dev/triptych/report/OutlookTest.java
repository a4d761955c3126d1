package dev.triptych.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OutlookTest {
  @Test
  void aSlowWorkerPutsTheAsynchronousModeFirstWhereTheSynchronousOneIsAhead() {
    // sync: 1 s, all of it computing. async: 2 s on 4 workers. 1·k > 2·4/(3 + 1/k) from k = 2.34
    // on.
    List<String> changes =
        changes(
            HandMade.run("sync", 1, 0.5).workers(4, 1, 0),
            HandMade.run("async", 2, 0.5).algorithm("asp").workers(4, 2, 0));

    assertThat(changes.get(0))
        .startsWith("A slow worker: with one worker about 2.4 times slower, async would be first");
  }

  @Test
  void whoeverIsFirstAndWaitsForNobodyStaysFirst() {
    List<String> changes =
        changes(
            HandMade.run("sync", 2, 0.5).workers(4, 1, 1),
            HandMade.run("async", 1, 0.5).algorithm("asp").workers(4, 1, 0));

    assertThat(changes.get(0)).startsWith("A slow worker: async would stay first");
  }

  @Test
  void whereAWorkerWasSlowNothingIsGuessed() {
    assertThat(
            changes(
                HandMade.run("sync", 1, 0.5).workers(4, 1, 0).slowWorker(0.1, 0.1),
                HandMade.run("async", 2, 0.5).algorithm("asp").workers(4, 2, 0)))
        .noneMatch(change -> change.startsWith("A slow worker"));
  }

  @Test
  void aLargerModelFavoursWhoSendsLess() {
    // A megabyte more takes 8 ms at 125 MB/s; 125 of them make up for the second that gossip is
    // behind.
    List<String> changes =
        changes(
            HandMade.run("sync", 1, 0.5).bytes(1_000_000).workers(4, 1, 0),
            HandMade.run("gossip", 2, 0.5).algorithm("dpsgd").bytes(1000).workers(4, 1, 0));

    assertThat(changes)
        .anyMatch(
            change ->
                change.startsWith("A larger model: with one about 125 times as large")
                    && change.contains("gossip would be first"));
  }

  @Test
  void theGapOfARingIsThatOfItsMixingMatrix() {
    for (int nodes : new int[] {5, 16, 64}) {
      assertThat(Outlook.ringGap(nodes))
          .isCloseTo(1 - ring(nodes).secondEigenvalue(), within(1e-9));
    }
  }

  @Test
  void averagingOverARingContractsAtLeastAsItsSpectralGapPredicts() {
    RunsFile.Graph graph = Objects.requireNonNull(GraphPicture.of(ring(8)));
    RunsFile.Contraction contraction = Objects.requireNonNull(graph.contraction());

    assertThat(contraction.measured()).hasSameSizeAs(contraction.predicted());
    for (int round = 0; round < contraction.measured().size(); round++) {
      assertThat(contraction.measured().get(round))
          .isPositive()
          .isLessThanOrEqualTo(contraction.predicted().get(round) + 1e-12);
    }
    // Late rounds shrink by the second eigenvalue: nothing else is left.
    assertThat(contraction.measured().get(30) / contraction.measured().get(29))
        .isCloseTo(1 - graph.spectralGap(), within(1e-3));
  }

  private static MixingSequence ring(int nodes) {
    Topology ring = Topologies.ring(nodes);
    return MixingSequence.constant(MixingRules.defaultFor(ring).weights(ring));
  }

  private static List<String> changes(HandMade... runs) {
    return Verdict.of(HandMade.file(0.5, null, runs)).changes();
  }
}
