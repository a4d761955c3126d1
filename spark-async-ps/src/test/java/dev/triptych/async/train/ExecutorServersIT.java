package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.plugin.DirectoryEntries;
import dev.triptych.async.plugin.TriptychPlugin;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.async.traffic.Traffic;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.transport.Address;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers in two executor processes, workers beside them; things fail on the way. */
@Timeout(180)
class ExecutorServersIT {
  private static final int WORKERS = 4;
  private static SparkSession session;

  @BeforeAll
  static void startCluster() {
    session = SparkSessions.localCluster(Map.of("spark.plugins", TriptychPlugin.class.getName()));
  }

  @AfterAll
  static void stopCluster() {
    session.stop();
  }

  @Test
  void trainingReachesTheNeighbourhoodOfTheOptimum() {
    Objective objective =
        new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);
    List<ExampleBlock> blocks = Problems.logistic(WORKERS, 200);
    RunSettings run = Problems.settings(WORKERS, 10, 10, 0.1, new Sgd());
    AsyncRun.Outcome outcome = train(objective, blocks, run, Consistency.asp());
    double[] best =
        Problems.serial(objective, blocks, Problems.settings(WORKERS, 1, 0, 1, new Sgd()), 2000);
    double optimum = Problems.objective(objective, blocks, best);
    assertThat(outcome.run().finalObjective()).isBetween(optimum - 1e-12, optimum + 0.01);
    ShardStatus shard = outcome.shards().get(0);
    assertThat(shard.staleness().sum() + shard.inFlightDelay())
        .isEqualTo((WORKERS - 1) * shard.version());
  }

  @Test
  void aWorkerTaskThatFailsOnceIsResumedAndNothingIsLostOrAppliedTwice(@TempDir Path folder) {
    Objective failing =
        new Objective(
            new LinearModel(
                new FailOnceLoss(folder.resolve("failed"), 3001), Problems.FEATURES, true),
            1e-2);
    List<ExampleBlock> blocks = Problems.logistic(WORKERS, 200);
    RunSettings run = Problems.settings(WORKERS, 8, 10, 0.3, new Adam(0.9, 0.999));
    AsyncRun.Outcome outcome = train(failing, blocks, run, Consistency.bsp());
    assertThat(folder.resolve("failed")).as("the failure happened").exists();
    assertUndisturbed(blocks, run, outcome, 160);
  }

  @Test
  void coalescedPushesAreAppliedOnceTooWhenATaskFails(@TempDir Path folder) {
    Objective failing =
        new Objective(
            new LinearModel(
                new FailOnceLoss(folder.resolve("failed"), 3001), Problems.FEATURES, true),
            1e-2);
    List<ExampleBlock> blocks = Problems.logistic(WORKERS, 200);
    RunSettings run = Problems.settings(WORKERS, 8, 10, 0.3, new Adam(0.9, 0.999));
    AsyncRun.Outcome outcome =
        train(failing, blocks, run, Consistency.bsp(), Traffic.plain().withPushEvery(4));
    assertThat(folder.resolve("failed")).as("the failure happened").exists();
    assertUndisturbed(blocks, run, outcome, 4, 40);
  }

  @Test
  void lostConnectionsAreMadeAgainAndNothingIsLostOrAppliedTwice() throws Exception {
    Objective objective =
        new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);
    List<ExampleBlock> blocks = Problems.logistic(WORKERS, 200);
    RunSettings run = Problems.settings(WORKERS, 8, 10, 0.3, new Momentum(0.9));
    List<Address> servers = new ArrayList<>();
    List<CutProxy> proxies = new ArrayList<>();
    DirectoryEntries.replace(
        2,
        server -> {
          servers.add(server);
          proxies.add(new CutProxy(server, 30_000, 4));
          return proxies.get(proxies.size() - 1).address();
        });
    AsyncRun.Outcome outcome;
    try {
      outcome = train(objective, blocks, run, Consistency.bsp());
    } finally {
      Iterator<Address> originals = servers.iterator();
      DirectoryEntries.replace(2, proxy -> originals.next());
      proxies.forEach(CutProxy::close);
    }
    assertThat(proxies).allSatisfy(proxy -> assertThat(proxy.numCuts()).isPositive());
    assertUndisturbed(blocks, run, outcome, 160);
  }

  private static void assertUndisturbed(
      List<ExampleBlock> blocks, RunSettings run, AsyncRun.Outcome outcome, long clocks) {
    assertUndisturbed(blocks, run, outcome, 1, clocks);
  }

  private static void assertUndisturbed(
      List<ExampleBlock> blocks,
      RunSettings run,
      AsyncRun.Outcome outcome,
      int pushEvery,
      long clocks) {
    Objective objective =
        new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);
    TrainingRun trained = outcome.run();
    for (ShardStatus shard : outcome.shards()) {
      assertThat(shard.clocks()).containsOnly(clocks).hasSize(WORKERS);
      assertThat(shard.version()).isEqualTo(clocks);
    }
    assertThat(trained.weights())
        .as("seed %d", Problems.SEED)
        .containsExactly(Problems.serial(objective, blocks, run, pushEvery, clocks), within(1e-12));
  }

  private static AsyncRun.Outcome train(
      Objective objective, List<ExampleBlock> blocks, RunSettings run, Consistency consistency) {
    return train(objective, blocks, run, consistency, Traffic.plain());
  }

  private static AsyncRun.Outcome train(
      Objective objective,
      List<ExampleBlock> blocks,
      RunSettings run,
      Consistency consistency,
      Traffic traffic) {
    return AsyncTrainer.run(
        objective,
        Problems.data(new JavaSparkContext(session.sparkContext()), blocks),
        AsyncSettings.of(run, 2, Deployment.EXECUTORS, consistency).withTraffic(traffic),
        ProgressListener.SILENT);
  }
}
