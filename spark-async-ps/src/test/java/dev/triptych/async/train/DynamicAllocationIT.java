package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.plugin.ServerDirectory;
import dev.triptych.async.plugin.TriptychPlugin;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.worker.TaskSlots;
import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Executors come while training runs, because another job needs them, and go when they are idle,
 * though they have shards: the shards move there and back.
 */
@Timeout(300)
class DynamicAllocationIT {
  private static final int WORKERS = 2;
  private static final int EPOCHS = 200;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shardsMoveToAnExecutorThatComesAndAwayFromItWhenItIsRemoved(boolean decommission)
      throws IOException {
    try (SparkSession session =
        SparkSessions.localCluster(
            Map.of(
                "spark.plugins", TriptychPlugin.class.getName(),
                "spark.dynamicAllocation.enabled", "true",
                "spark.dynamicAllocation.shuffleTracking.enabled", "true",
                "spark.dynamicAllocation.initialExecutors", "0",
                "spark.dynamicAllocation.executorIdleTimeout", "2s",
                "spark.decommission.enabled", String.valueOf(decommission)))) {
      JavaSparkContext spark = new JavaSparkContext(session.sparkContext());
      assertThat(TaskSlots.await(session.sparkContext(), 1, Duration.ofSeconds(60))).isEqualTo(1);
      List<ExampleBlock> blocks = Problems.logistic(WORKERS, 200);
      RunSettings run = Problems.settings(WORKERS, EPOCHS, 10, 0.05, new Adam(0.9, 0.999));
      SlowUntilLoss loss = new SlowUntilLoss(folder.resolve("done"));
      Visit visit = new Visit(spark, folder.resolve("go"), loss);
      AsyncRun.Outcome outcome =
          AsyncTrainer.run(
              new Objective(new LinearModel(loss, Problems.FEATURES, true), 1e-2),
              Problems.data(spark, blocks),
              AsyncSettings.of(run, 2, Deployment.EXECUTORS, Consistency.bsp()),
              visit);
      assertThat(visit.isOver()).as("an executor came and went while the workers trained").isTrue();
      assertThat(outcome.numMoves()).as("there and back").isGreaterThanOrEqualTo(2);
      assertThat(outcome.failovers()).as("no server was lost").isEmpty();
      for (ShardStatus shard : outcome.shards()) {
        assertThat(shard.clocks()).containsExactly(outcome.acknowledged());
      }
      Objective plain =
          new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);
      assertThat(outcome.run().weights())
          .as("seed %d: as if nothing had happened", Problems.SEED)
          .containsExactly(Problems.serial(plain, blocks, run, EPOCHS * 20), within(1e-12));
    }
  }

  /** Another job takes an executor of its own for a while. */
  private static final class Visit implements ProgressListener {
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final JavaSparkContext spark;
    private final Path go;
    private final SlowUntilLoss loss;
    private JavaFutureAction<Long> job;
    private long cameAt;
    private boolean gone;

    Visit(JavaSparkContext spark, Path go, SlowUntilLoss loss) {
      this.spark = spark;
      this.go = go;
      this.loss = loss;
    }

    boolean isOver() {
      return gone;
    }

    @Override
    public void progressed(double epochs, double of) {
      int servers = ServerDirectory.current().servers().size();
      if (job == null && epochs > 0) {
        String until = go.toString();
        job =
            spark
                .parallelize(List.of(1), 1)
                .filter(
                    one -> {
                      while (!Files.exists(Path.of(until))) {
                        LockSupport.parkNanos(20_000_000);
                      }
                      return true;
                    })
                .countAsync();
      } else if (cameAt == 0 && servers == 2) {
        cameAt = System.nanoTime();
      } else if (cameAt != 0 && !Files.exists(go) && System.nanoTime() - cameAt > SETTLE_NANOS) {
        create(go);
      } else if (Files.exists(go) && servers == 1 && !gone) {
        gone = true;
        loss.hurry();
      }
    }

    private static void create(Path file) {
      try {
        Files.createFile(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
