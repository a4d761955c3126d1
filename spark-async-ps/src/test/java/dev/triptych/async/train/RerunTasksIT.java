package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.SparkSessions;
import dev.triptych.testing.StandaloneCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.HashPartitioner;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

/**
 * Spark runs workers twice by itself, and every gradient counts once. Two loopback addresses are
 * two hosts to Spark: it never starts a speculative copy on a host where the task has run
 * (TaskSetManager, {@code hasAttemptOnHost}).
 */
@Timeout(300)
class RerunTasksIT {
  private static final List<ExampleBlock> BLOCKS = Problems.logistic(2, 300);
  private static StandaloneCluster cluster;

  @TempDir Path folder;

  @BeforeAll
  static void startCluster() {
    cluster = StandaloneCluster.start(List.of("127.0.0.1", "127.0.0.2"), 2);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  /**
   * With as few tasks as one executor has slots, Spark copies those that run beyond a threshold.
   */
  private static SparkSession speculatingSession() {
    return SparkSessions.on(
        cluster,
        Map.of(
            "spark.executor.cores", "2",
            "spark.speculation", "true",
            "spark.speculation.interval", "50ms",
            "spark.speculation.task.duration.threshold", "700ms"));
  }

  @Test
  void speculativeCopiesTakeOverAndEveryGradientCountsOnce() throws Exception {
    double[] undisturbed = undisturbed();
    Path order = folder.resolve("order");
    AsyncRun.Outcome raced;
    try (SparkSession session = speculatingSession()) {
      JavaSparkContext spark = new JavaSparkContext(session.sparkContext());
      Attempts attempts = new Attempts();
      spark.sc().addSparkListener(attempts);
      AsyncRun.Outcome outcome =
          train(Problems.data(spark, BLOCKS), settings(Consistency.bsp()), ProgressListener.SILENT);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                assertThat(attempts.speculative).as("%s", attempts).isNotEmpty();
                assertThat(attempts.killed).as("older attempts, %s", attempts).isNotEmpty();
              });
      assertEachPushOnce(outcome);
      assertThat(outcome.run().weights())
          .as("seed %d: as if nothing had happened", Problems.SEED)
          .containsExactly(undisturbed);

      attempts.speculative.clear();
      raced =
          train(
              Problems.data(spark, BLOCKS),
              settings(Consistency.asp()).withOrders(OrderFiles.recording(order)),
              ProgressListener.SILENT);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(attempts.speculative).isNotEmpty());
      assertEachPushOnce(raced);
    }
    AsyncRun.Outcome replayed =
        train(
            Problems.data(SparkSessions.local2Context(), BLOCKS),
            settings(Consistency.asp()).withOrders(OrderFiles.replaying(order)),
            ProgressListener.SILENT);
    assertThat(replayed.run().weights()).containsExactly(raced.run().weights());
  }

  /**
   * An executor dies with its part of the shuffle that the examples came through. Its worker cannot
   * be run again without it: Spark runs the map stage again and then both workers anew, in a second
   * attempt at their stage, while the worker of the other executor still works.
   */
  @Test
  void aStageThatIsRunAgainForLostShuffleOutputAppliesEveryGradientOnce() throws Exception {
    double[] undisturbed = undisturbed();
    try (SparkSession session = SparkSessions.on(cluster, Map.of("spark.executor.cores", "2"))) {
      JavaSparkContext spark = new JavaSparkContext(session.sparkContext());
      Attempts attempts = new Attempts();
      spark.sc().addSparkListener(attempts);
      Map<String, Long> executors = executors(spark);
      TrainingData data = shuffled(spark);
      AtomicBoolean killed = new AtomicBoolean();
      AsyncRun.Outcome outcome =
          train(
              data,
              settings(Consistency.bsp()),
              (epochs, of) -> {
                if (epochs > of / 4 && !killed.getAndSet(true)) {
                  kill(executors.get(attempts.running.values().iterator().next()));
                }
              });
      assertThat(killed).as("the executor was killed").isTrue();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                assertThat(attempts.stagesAgain).as("%s", attempts).isNotEmpty();
                assertThat(attempts.fetchFailures).as("%s", attempts).isNotEmpty();
              });
      assertEachPushOnce(outcome);
      assertThat(outcome.run().weights())
          .as("seed %d: as if nothing had happened", Problems.SEED)
          .containsExactly(undisturbed);
    }
  }

  /**
   * Each worker's block in its own partition, after a shuffle with a map output on each executor.
   */
  private static TrainingData shuffled(JavaSparkContext spark) {
    JavaRDD<ExampleBlock> blocks =
        spark
            .parallelize(List.of(0, 1), 4)
            .mapToPair(index -> new Tuple2<>(index, Problems.logistic(2, 300).get(index)))
            .partitionBy(new HashPartitioner(2))
            .values()
            .persist(StorageLevel.MEMORY_ONLY());
    long[] rows = BLOCKS.stream().mapToLong(ExampleBlock::numRows).toArray();
    long stored = BLOCKS.stream().mapToLong(ExampleBlock::numStored).sum();
    return TrainingData.of(blocks, Problems.FEATURES, rows, stored, 1);
  }

  /** Process ids by executor, once there are two. */
  private static Map<String, Long> executors(JavaSparkContext spark) {
    Map<String, Long> pids = new TreeMap<>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              List<Tuple2<String, Long>> tasks =
                  spark
                      .parallelize(List.of(1, 2, 3, 4), 4)
                      .map(
                          task ->
                              new Tuple2<>(
                                  SparkEnv.get().executorId(), ProcessHandle.current().pid()))
                      .collect();
              tasks.forEach(task -> pids.put(task._1(), task._2()));
              return pids.size() == 2;
            });
    return pids;
  }

  private static void kill(long pid) {
    assertThat(ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly)).contains(true);
  }

  private static void assertEachPushOnce(AsyncRun.Outcome outcome) {
    boolean averaged = outcome.run().algorithm().equals("bsp");
    for (ShardStatus shard : outcome.shards()) {
      long pushes = Arrays.stream(shard.clocks()).sum();
      assertThat(shard.version()).isEqualTo(averaged ? pushes / 2 : pushes);
      assertThat(shard.clocks()).isEqualTo(outcome.shards().get(0).clocks());
    }
  }

  private static double[] undisturbed() {
    return train(
            Problems.data(SparkSessions.local2Context(), BLOCKS),
            settings(Consistency.bsp()),
            ProgressListener.SILENT)
        .run()
        .weights();
  }

  /** 90 steps of 10 ms, of 30 ms for the slow worker. */
  private static AsyncSettings settings(Consistency consistency) {
    Stragglers slow = Stragglers.of(10_000_000, false, Map.of(1, 3.0), 1);
    RunSettings run =
        Problems.settings(2, 3, 10, 0.3, new Momentum(0.9), null, slow, Duration.ofSeconds(60));
    return AsyncSettings.of(run, 2, Deployment.DRIVER, consistency);
  }

  private static AsyncRun.Outcome train(
      TrainingData data, AsyncSettings settings, ProgressListener listener) {
    return AsyncTrainer.run(
        new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2),
        data,
        settings,
        listener);
  }

  /** What Spark did with tasks and stages. */
  private static final class Attempts extends SparkListener {
    final Queue<Long> speculative = new ConcurrentLinkedQueue<>();
    final Queue<Long> killed = new ConcurrentLinkedQueue<>();
    final Queue<String> stagesAgain = new ConcurrentLinkedQueue<>();
    final Queue<String> fetchFailures = new ConcurrentLinkedQueue<>();
    final Queue<String> all = new ConcurrentLinkedQueue<>();
    final Map<Long, String> running = new ConcurrentHashMap<>();

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      running.put(start.taskInfo().taskId(), start.taskInfo().executorId());
      all.add(
          "task %d of stage %d.%d on %s"
              .formatted(
                  start.taskInfo().taskId(),
                  start.stageId(),
                  start.stageAttemptId(),
                  start.taskInfo().executorId()));
      if (start.taskInfo().speculative()) {
        speculative.add(start.taskInfo().taskId());
      }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      running.remove(end.taskInfo().taskId());
      String reason = String.valueOf(end.reason());
      all.add("task %d: %s".formatted(end.taskInfo().taskId(), reason));
      if (end.taskInfo().killed()) {
        killed.add(end.taskInfo().taskId());
      }
      if (reason.contains("FetchFailed")) {
        fetchFailures.add(reason);
      }
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
      if (submitted.stageInfo().attemptNumber() > 0) {
        stagesAgain.add(
            submitted.stageInfo().stageId() + "." + submitted.stageInfo().attemptNumber());
      }
    }

    @Override
    public String toString() {
      return String.join("; ", all);
    }
  }
}
