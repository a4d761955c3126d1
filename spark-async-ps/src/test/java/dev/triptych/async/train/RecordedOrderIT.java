package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.ProgressListener;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Asynchronous runs are repeated bit for bit, and a task that is killed leaves no trace in the
 * weights. Speculative copies and stages that run again: {@link RerunTasksIT}.
 */
@Timeout(240)
class RecordedOrderIT {
  @TempDir Path folder;

  @Test
  void anAsynchronousRunIsRepeatedBitForBit() {
    JavaSparkContext spark = SparkSessions.local2Context();
    List<ExampleBlock> blocks = Problems.logistic(4, 200);
    RunSettings run = Problems.settings(4, 3, 10, 0.3, new Adam(0.9, 0.999));
    Path file = folder.resolve("order");
    AsyncSettings asp = AsyncSettings.of(run, 2, Deployment.DRIVER, Consistency.asp());
    AsyncSettings replay = asp.withOrders(OrderFiles.replaying(file));
    double[] recorded =
        train(spark, new LogisticLoss(), blocks, asp.withOrders(OrderFiles.recording(file)))
            .run()
            .weights();
    for (int time = 0; time < 2; time++) {
      assertThat(train(spark, new LogisticLoss(), blocks, replay).run().weights())
          .as("seed %d, replay %d", Problems.SEED, time)
          .containsExactly(recorded);
    }
    RunSettings other = Problems.settings(4, 3, 20, 0.3, new Adam(0.9, 0.999));
    AsyncSettings foreign = AsyncSettings.of(other, 2, Deployment.DRIVER, Consistency.asp());
    assertThatThrownBy(
            () ->
                train(
                    spark,
                    new LogisticLoss(),
                    blocks,
                    foreign.withOrders(OrderFiles.replaying(file))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("batch=10")
        .hasMessageContaining("batch=20");
  }

  @Test
  void aKilledTaskLeavesNoTraceInTheWeights() throws Exception {
    List<ExampleBlock> blocks = Problems.logistic(2, 300);
    AsyncSettings bsp = AsyncSettings.of(settings(5), 2, Deployment.DRIVER, Consistency.bsp());
    double[] undisturbed =
        train(SparkSessions.local2Context(), new LogisticLoss(), blocks, bsp).run().weights();
    Path marker = folder.resolve("failed");
    try (SparkSession session = SparkSessions.localCluster(Map.of())) {
      JavaSparkContext spark = new JavaSparkContext(session.sparkContext());
      AsyncRun.Outcome killed = train(spark, new FailOnceLoss(marker, 400), blocks, bsp);
      assertThat(marker).as("the failure happened").exists();
      assertThat(killed.run().weights()).as("seed %d", Problems.SEED).containsExactly(undisturbed);
    }
  }

  /** The killed task's successor repeats what it owes, and the file knows each push once. */
  @Test
  void anAsynchronousRunThatLostATaskOnAClusterIsRepeatedBitForBit() throws Exception {
    List<ExampleBlock> blocks = Problems.logistic(2, 300);
    AsyncSettings asp = AsyncSettings.of(settings(5), 2, Deployment.DRIVER, Consistency.asp());
    Path order = folder.resolve("order");
    Path marker = folder.resolve("failed");
    AsyncRun.Outcome killed;
    try (SparkSession session = SparkSessions.localCluster(Map.of())) {
      killed =
          train(
              new JavaSparkContext(session.sparkContext()),
              new FailOnceLoss(marker, 400),
              blocks,
              asp.withOrders(OrderFiles.recording(order)));
    }
    assertThat(marker).as("the failure happened").exists();
    for (ShardStatus shard : killed.shards()) {
      assertThat(shard.version()).isEqualTo(Arrays.stream(shard.clocks()).sum());
    }
    AsyncRun.Outcome replayed =
        train(
            SparkSessions.local2Context(),
            new LogisticLoss(),
            blocks,
            asp.withOrders(OrderFiles.replaying(order)));
    assertThat(replayed.run().weights())
        .as("seed %d", Problems.SEED)
        .containsExactly(killed.run().weights());
    assertThat(replayed.run().batches()).isEqualTo(killed.run().batches());
  }

  private static RunSettings settings(double epochs) {
    Stragglers slow = Stragglers.of(2_000_000, false, Map.of(), 1);
    return Problems.settings(2, epochs, 10, 0.3, new Momentum(0.9), null, slow);
  }

  private static AsyncRun.Outcome train(
      JavaSparkContext spark, Loss loss, List<ExampleBlock> blocks, AsyncSettings settings) {
    return AsyncTrainer.run(
        new Objective(new LinearModel(loss, Problems.FEATURES, true), 1e-2),
        Problems.data(spark, blocks),
        settings,
        ProgressListener.SILENT);
  }
}
