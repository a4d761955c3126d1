package dev.triptych.async.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.server.ServerSettings;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.spark.transport.Address;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Loops of one's own against real servers. */
@Timeout(300)
class WorkerClientIT {
  private static final int STEPS = 20;
  private static final int PARAMETERS = 5;

  @TempDir Path folder;

  @Test
  void aTaskThatFailsHalfwayGoesOnWhereItWasAndEveryPushCountsOnce() {
    double[] undisturbed = train(settings(), null);
    Path mark = folder.resolve("failed");
    double[] disturbed = train(settings(), mark.toString());
    assertThat(mark).as("a task has failed").exists();
    assertThat(disturbed).containsExactly(undisturbed);
    assertThat(undisturbed[0]).isNegative();
  }

  @Test
  void standaloneServersHoldTheParametersToo() {
    double[] inDriver = train(settings(), null);
    try (ParameterServer first = server();
        ParameterServer second = server()) {
      double[] apart =
          train(settings().withServers(List.of(first.address(), second.address())), null);
      assertThat(apart).containsExactly(inDriver);
    }
  }

  @Test
  void callsAreCarriedOutInOrderWithoutWaitingForTheirFutures() {
    ParameterRunSettings one =
        ParameterRunSettings.of(PARAMETERS, 1)
            .withServers(2)
            .withOptimizer(new dev.triptych.core.optimizer.Sgd(), StepSize.constant(1));
    try (ParameterRun run = ParameterRun.open(spark().sc(), one);
        WorkerClient client = run.handle().connect(0)) {
      List<CompletableFuture<double[]>> pulls = new ArrayList<>();
      for (int step = 0; step < 30; step++) {
        pulls.add(client.pullAsync(new int[] {1, 4}));
        CompletableFuture<Void> unused = client.pushAsync(new int[] {0, 4}, new double[] {1, -0.5});
      }
      for (int step = 0; step < 30; step++) {
        assertThat(pulls.get(step).join()).containsExactly(0, 0.5 * step);
      }
      assertThat(client.pull()).containsExactly(-30, 0, 0, 0, 15);
      assertThat(client.clock()).isEqualTo(30);
    }
  }

  @Test
  void badGradientsAreRefusedByNameAndHarmNothing() {
    try (ParameterRun run = ParameterRun.open(spark().sc(), ParameterRunSettings.of(3, 1));
        WorkerClient client = run.handle().connect(0)) {
      assertThatThrownBy(() -> client.push(new double[3]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("worker 0 has to pull before it pushes");
      assertThat(client.pull()).containsOnly(0);
      assertThatThrownBy(() -> client.push(new double[] {1, 2}))
          .hasMessage("the gradient of worker 0 has 2 values, expected 3");
      assertThatThrownBy(() -> client.push(new double[] {1, 2, Double.NaN}))
          .hasMessage("the gradient of worker 0 is NaN at key 2");
      assertThatThrownBy(() -> client.push(new int[] {1, 3}, new double[] {1, 2}))
          .hasMessage("worker 0 pushes key 3 at index 1; keys must ascend below 3");
      client.push(new double[] {1, 2, 3});
      assertThat(client.pull()).containsExactly(-0.1, -0.2, -0.1 * 3);
    }
  }

  @Test
  void waitsAreBoundedAndNameWhoWaited() {
    ParameterRunSettings two = ParameterRunSettings.of(3, 2).withMaxWait(Duration.ofSeconds(1));
    try (ParameterRun run = ParameterRun.open(spark().sc(), two);
        WorkerClient client = run.handle().connect(1)) {
      assertThatThrownBy(client::pull).hasMessageContaining("pull of worker 1 at clock 0");
      assertThatThrownBy(() -> run.handle().connect(2)).hasMessageContaining("2 workers");
    }
    assertThatThrownBy(
            () ->
                ParameterRun.open(
                    spark().sc(), two.withServers(List.of(new Address("127.0.0.1", 1)))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("127.0.0.1:1");
  }

  private static ParameterRunSettings settings() {
    return ParameterRunSettings.of(PARAMETERS, 2)
        .withServers(2)
        .withConsistency(Consistency.bsp())
        .withOptimizer(new Momentum(0.9), StepSize.constant(0.1));
  }

  /** Two tasks; with a mark the first one fails once, after half of its steps. */
  private static double[] train(ParameterRunSettings settings, String mark) {
    try (ParameterRun run = ParameterRun.open(spark().sc(), settings)) {
      RunHandle handle = run.handle();
      spark()
          .parallelize(List.of(0, 1), 2)
          .foreachPartition(
              part -> {
                try (WorkerClient client = handle.connect()) {
                  while (client.clock() < STEPS) {
                    double[] weights = client.pull();
                    if (mark != null
                        && TaskContext.getPartitionId() == 0
                        && client.clock() == STEPS / 2
                        && !Files.exists(Path.of(mark))) {
                      Files.createFile(Path.of(mark));
                      throw new IllegalStateException("this task fails once");
                    }
                    double[] gradient = new double[PARAMETERS];
                    for (int j = 0; j < PARAMETERS; j++) {
                      gradient[j] = weights[j] + 1 + j + TaskContext.getPartitionId();
                    }
                    client.push(gradient);
                  }
                }
              });
      return run.weights();
    }
  }

  private static ParameterServer server() {
    return ParameterServer.start(
        ServerSettings.of(
            new SparkConf(false).setMaster("spark://elsewhere:7077"), "127.0.0.1", 0));
  }

  private static JavaSparkContext spark() {
    return SparkSessions.local2Context();
  }
}
