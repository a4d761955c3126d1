package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterClient;
import dev.triptych.async.client.Pulled;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker does while its weights are under way; a real server. */
@Timeout(120)
class WorkerLoopIT {
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  /** Worker 1 stands still, so every pull of worker 0 is parked as long as the test likes. */
  @Test
  void theKeysOfTheNextStepAreWorkedOutWhileTheWeightsAreUnderWay() throws Exception {
    assertThat(SparkSessions.local2Context()).as("whose endpoints these are").isNotNull();
    try (ParameterServer server = ParameterServer.start("server", 1);
        Endpoint endpoint =
            Endpoint.open("workers", 1, (request, reply) -> reply.failure("nobody"))) {
      RunLocation run = new RunLocation(1, 3, List.of(server.address()));
      new DriverClient(endpoint, run, MAX_WAIT)
          .open(
              length ->
                  new ShardSettings(
                      2,
                      length,
                      new Sgd(),
                      StepSize.constant(1),
                      Consistency.bsp(),
                      100,
                      2,
                      100,
                      4));
      Steps steps = new Steps();
      WorkerLoop loop =
          new WorkerLoop(
              0,
              new ParameterClient(endpoint, run, 0, 0, MAX_WAIT),
              steps,
              new Pacer(Stragglers.none(), 0),
              1);
      CompletableFuture<WorkerEnd> zero =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return loop.run(false);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      awaitNews(steps, "prepare 0", "advance", "prepare 1");
      ParameterClient one = new ParameterClient(endpoint, run, 1, 0, MAX_WAIT);
      DriverClient.join(one.hello());
      Pulled pulled = DriverClient.join(one.pull(0, null, new double[3]));
      awaitNews(steps, "prepare 0", "advance", "prepare 1", "compute", "advance", "prepare 2");
      assertThat(zero).as("waits for worker 1").isNotDone();
      DriverClient.join(one.push(0, pulled.versions(), 1, null, new double[3]));
      assertThat(zero.join().activity.batches()).isEqualTo(1);
    }
  }

  private static void awaitNews(Steps steps, String... expected) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(steps.events).containsExactly(expected));
  }

  /** Gradients of zero, and what was asked of them. */
  private static final class Steps implements StepGradients {
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final double[] weights = new double[3];

    @Override
    public void prepare(long step) {
      events.add("prepare " + step);
    }

    @Override
    public void advance() {
      events.add("advance");
    }

    @Override
    public int @Nullable [] keys() {
      return null;
    }

    @Override
    public double[] weights() {
      return weights;
    }

    @Override
    public double[] compute() {
      events.add("compute");
      return new double[3];
    }

    @Override
    public int numExamples() {
      return 1;
    }
  }
}
