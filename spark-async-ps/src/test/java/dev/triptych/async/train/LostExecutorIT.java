package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.plugin.TriptychPlugin;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.ProgressListener;
import dev.triptych.testing.ExecutorProcesses;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of one of two executors, in the middle of training. */
@Timeout(300)
class LostExecutorIT {
  private static final int WORKERS = 4;
  private static final int EPOCHS = 20;
  private static final Objective LOGISTIC =
      new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);
  private static SparkSession session;

  @TempDir Path folder;

  @BeforeAll
  static void startCluster() {
    session = SparkSessions.localCluster(Map.of("spark.plugins", TriptychPlugin.class.getName()));
  }

  @AfterAll
  static void stopCluster() {
    session.stop();
  }

  @Test
  void itsShardsGoOnFromTheirBackupsAndItsWorkersOnANewExecutor() {
    AsyncRun.Outcome outcome = trainAndKill(Deployment.EXECUTORS, 2);
    assertThat(outcome.failovers()).as("a primary was there").isNotEmpty();
    assertThat(outcome.run().settings()).containsKey("longest-pause");
  }

  @Test
  void itsWorkersGoOnWhereTheyWereWhenTheServersAreElsewhere() {
    AsyncRun.Outcome outcome = trainAndKill(Deployment.DRIVER, 1);
    assertThat(outcome.failovers()).isEmpty();
  }

  private AsyncRun.Outcome trainAndKill(Deployment deployment, int replicas) {
    List<ExampleBlock> blocks = Problems.logistic(WORKERS, 200);
    RunSettings run = Problems.settings(WORKERS, EPOCHS, 10, 0.05, new Adam(0.9, 0.999));
    SlowUntilLoss loss = new SlowUntilLoss(folder.resolve("done"));
    AtomicInteger killed = new AtomicInteger(-1);
    ProgressListener kill =
        (epochs, of) -> {
          if (epochs > 0 && killed.get() < 0) {
            killed.set(ExecutorProcesses.killFirst());
            loss.hurry();
          }
        };
    AsyncRun.Outcome outcome =
        AsyncTrainer.run(
            new Objective(new LinearModel(loss, Problems.FEATURES, true), 1e-2),
            Problems.data(new JavaSparkContext(session.sparkContext()), blocks),
            AsyncSettings.of(run, 2, deployment, Consistency.bsp())
                .withDurability(Durability.none().withReplicas(replicas)),
            kill);
    assertThat(killed.get()).as("an executor was killed").isNotNegative();
    assertThat(ExecutorProcesses.running())
        .as("Spark has started another")
        .doesNotContainKey(killed.get());
    long clocks = EPOCHS * 20L;
    for (ShardStatus shard : outcome.shards()) {
      assertThat(shard.clocks()).as("every gradient once").hasSize(WORKERS).containsOnly(clocks);
      assertThat(shard.version()).isEqualTo(clocks);
    }
    assertThat(outcome.run().weights())
        .as("seed %d: as if nothing had happened", Problems.SEED)
        .containsExactly(Problems.serial(LOGISTIC, blocks, run, clocks), within(1e-12));
    return outcome;
  }
}
