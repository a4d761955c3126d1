package dev.triptych.gossip.train;

import static dev.triptych.gossip.train.GossipProblems.SEED;
import static dev.triptych.gossip.train.GossipProblems.logistic;
import static dev.triptych.gossip.train.GossipProblems.on;
import static dev.triptych.gossip.train.GossipProblems.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.RunStoppedException;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.GeneratedData;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.TaskContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One of two tasks of a run dies and is started anew by Spark, in one process. */
@Timeout(120)
class LostTaskIT {
  private static final int FEATURES = 5;
  private static final Objective DYING =
      new Objective(new LinearModel(new DyingLoss(), FEATURES, true), 1e-3);

  @Test
  void theRetriedTaskJoinsTheNextEpochAndTheRunReachesWhatItWouldHaveReached() {
    RunSettings run = settings(4, 400, 5, 0.2, new Sgd(), null);
    TrainingRun calm = train(logistic(FEATURES), data(4), on(run, "ring", "extra"));
    DyingLoss.dieAfter(4 * 5 * 300);
    TrainingRun disturbed = train(DYING, data(4), on(run, "ring", "extra"));

    assertThat(disturbed.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(disturbed.settings().get("membership"))
        .startsWith("epoch 2 from round ")
        .contains(" back with the weights of node ");
    assertThat(calm.settings()).doesNotContainKey("membership");
    double start = calm.trace().get(0).objective();
    assertThat(disturbed.finalObjective())
        .as("seed %d", SEED)
        .isLessThan(calm.finalObjective() + (start - calm.finalObjective()) / 50);
  }

  @Test
  void aGraphThatFallsApartForGoodStopsTheRunWithTheReason() {
    // The tasks host nodes 0, 1 and 2, 3: whichever dies, the others' nodes are not neighbours.
    Topology graph = Topology.of("cycle", new int[][] {{2, 3}, {2, 3}, {0, 1}, {0, 1}});
    RunSettings run =
        new RunSettings(
            4,
            2000,
            5,
            StepSize.constant(0.2),
            new Sgd(),
            null,
            SEED,
            Stragglers.none(),
            Duration.ofSeconds(2),
            20);
    DyingLoss.dieAfter(4 * 5 * 300);

    assertThatThrownBy(() -> train(DYING, slowlyRetried(data(4)), on(run, graph, "dpsgd")))
        .isInstanceOf(RunStoppedException.class)
        .hasMessageContaining("the graph falls apart into [[")
        .hasMessageContaining("this task dies on purpose");
  }

  @Test
  void aTaskThatComesBackAfterTheEndHasTheWeightsOfANeighbour() {
    RunSettings run = settings(4, 100, 5, 0.2, new Sgd(), null);
    DyingLoss.dieAfter(4 * 5 * 300);
    GossipRun trained =
        new GossipTrainer()
            .trainNodes(
                DYING,
                slowlyRetried(data(4)),
                on(run, "ring", "gradient-tracking"),
                ProgressListener.SILENT);

    assertThat(trained.run().stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(trained.run().settings().get("membership"))
        .contains(" without nodes [")
        .doesNotContain("back with");
    assertThat(trained.run().updates()).isEqualTo(1200);
    assertThat(trained.run().trainSeconds()).isBetween(0.0, 30.0);
    double[][] weights = trained.nodeWeights();
    assertThat(weights).hasDimensions(4, FEATURES + 1);
    assertThat(weights[1])
        .as("nodes 0 and 1, or 2 and 3, are copies of their neighbours")
        .containsExactly(weights[2]);
  }

  /** The same data, but whoever reads it again takes three seconds. */
  private static TrainingData slowlyRetried(TrainingData data) {
    return TrainingData.of(
        data.blocks().map(LostTaskIT::slowlyInARetry),
        FEATURES,
        data.rowsPerWorker(),
        data.numStored(),
        data.meanSquaredNorm());
  }

  private static ExampleBlock slowlyInARetry(ExampleBlock block) {
    if (TaskContext.get().attemptNumber() > 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1500));
    }
    return block;
  }

  private static TrainingData data(int numWorkers) {
    return DataLoader.fromBlocks(
        SparkSessions.local2Context(), GeneratedData.logistic(numWorkers, 60, FEATURES, SEED));
  }

  private static TrainingRun train(
      Objective objective, TrainingData data, GossipSettings settings) {
    try {
      return new GossipTrainer().train(objective, data, settings, ProgressListener.SILENT);
    } finally {
      data.blocks().unpersist();
    }
  }
}
