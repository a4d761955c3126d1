package dev.triptych.gossip.train;

import static dev.triptych.gossip.train.GossipProblems.SEED;
import static dev.triptych.gossip.train.GossipProblems.on;
import static dev.triptych.gossip.train.GossipProblems.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.training.TracePoint;
import dev.triptych.gossip.algorithm.GossipAlgorithms;
import dev.triptych.gossip.algorithm.RoundAlgorithm;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.checkpoint.Checkpoints;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.GeneratedData;
import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gossip run that saves itself, ends in the middle, and goes on in another run. */
@Timeout(120)
class GossipCheckpointIT {
  private static final int FEATURES = 5;
  private static final Objective OBJECTIVE =
      new Objective(new LinearModel(new DyingLoss(), FEATURES, true), 1e-3);

  @Test
  void everyAlgorithmGoesOnFromItsCheckpointAndEndsWithTheSameBits(@TempDir Path folder) {
    for (String algorithm : roundAlgorithms()) {
      Optimizer optimizer = algorithm.startsWith("dpsgd") ? new Momentum(0.9) : new Sgd();
      GossipSettings whole = on(settings(4, 9, 5, 0.05, optimizer, null), "complete", algorithm);
      DyingLoss.live();
      GossipRun undisturbed = train(OBJECTIVE, whole);
      DyingLoss.failAfter(4 * 60 * 7);
      assertThatThrownBy(() -> train(OBJECTIVE, whole.withDurability(everyTwoEpochs(folder), null)))
          .as("the run ends in its seventh epoch")
          .hasMessageContaining("this node fails on purpose");
      GossipRun resumed = train(OBJECTIVE, whole.withDurability(null, folder.toString()));

      assertThat(resumed.nodeWeights())
          .as("%s, seed %d", algorithm, SEED)
          .isDeepEqualTo(undisturbed.nodeWeights());
      assertThat(resumed.run().updates()).isEqualTo(undisturbed.run().updates());
      assertThat(resumed.run().bytesSent()).isEqualTo(undisturbed.run().bytesSent());
      assertThat(resumed.run().trace().stream().map(TracePoint::updates))
          .as("the trace is whole")
          .containsAll(undisturbed.run().trace().stream().map(TracePoint::updates).toList())
          .isSorted();
      assertThat(resumed.run().settings()).containsEntry("resumed", "yes");
    }
  }

  @Test
  void anotherRunOrNoneIsRefusedInOneLine(@TempDir Path folder) throws IOException {
    DyingLoss.live();
    GossipSettings ring = on(settings(4, 5, 5, 0.05, new Sgd(), null), "ring", "dpsgd");
    GossipRun saved = train(OBJECTIVE, ring.withDurability(everyTwoEpochs(folder), null));
    assertThat(saved.run().settings()).containsEntry("checkpoints", "2");
    try (Stream<Path> files = Files.list(folder.resolve("gossip-dpsgd"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("checkpoint-0000000001", "checkpoint-0000000002");
    }
    String from = folder.toString();
    GossipSettings star = on(settings(4, 5, 5, 0.05, new Sgd(), null), "star", "dpsgd");
    assertRefused(OBJECTIVE, star.withDurability(null, from), "topology ring, this one has star");
    GossipSettings seeded = on(settings(4, 5, 6, 0.05, new Sgd(), null), "ring", "dpsgd");
    assertRefused(OBJECTIVE, seeded.withDurability(null, from), "batch 5, this one has 6");
    Objective stronger = new Objective(OBJECTIVE.model(), 1e-2);
    assertRefused(stronger, ring.withDurability(null, from), "lambda 0.001, this one has 0.01");
    GossipSettings other = on(settings(4, 5, 5, 0.05, new Sgd(), null), "ring", "extra");
    assertRefused(OBJECTIVE, other.withDurability(null, from), "no checkpoint in");
    GossipSettings pairs = on(settings(4, 5, 5, 0.05, new Sgd(), null), "ring", "ad-psgd");
    assertThatThrownBy(() -> pairs.withDurability(null, from))
        .hasMessage(
            "--resume: --gossip-algorithm ad-psgd has no rounds between which all nodes could be"
                + " saved");
  }

  private static void assertRefused(Objective objective, GossipSettings settings, String words) {
    assertThatThrownBy(() -> train(objective, settings))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("--resume: ")
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n");
  }

  private static List<String> roundAlgorithms() {
    return GossipAlgorithms.names().stream()
        .filter(name -> GossipAlgorithms.byName(name) instanceof RoundAlgorithm)
        .toList();
  }

  private static Checkpoints everyTwoEpochs(Path folder) {
    return new Checkpoints(folder.toString(), null, 2);
  }

  private static GossipRun train(Objective objective, GossipSettings settings) {
    TrainingData data =
        DataLoader.fromBlocks(
            SparkSessions.local2Context(), GeneratedData.logistic(4, 60, FEATURES, SEED));
    try {
      return new GossipTrainer().trainNodes(objective, data, settings, ProgressListener.SILENT);
    } finally {
      data.blocks().unpersist();
    }
  }
}
