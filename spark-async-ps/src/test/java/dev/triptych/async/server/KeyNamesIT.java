package dev.triptych.async.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterClient;
import dev.triptych.async.client.Pulled;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.metrics.ServerMetrics;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** Keys that were sent once are named by their hash, also when the server forgets them. */
class KeyNamesIT {
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);
  private static final int NUM_PARAMETERS = 1 << 20;
  private static final int NUM_KEYS = 2000;
  private static final int NUM_STEPS = 30;

  @Test
  void aServerThatForgetsItsKeysIsToldAgainAndEveryPushCountsOnce() throws Exception {
    Outcome remembered = run(Integer.MAX_VALUE);
    Outcome forgotten = run(3);
    assertThat(Arrays.equals(forgotten.weights(), remembered.weights())).isTrue();
    assertThat(forgotten.versionAtEnd()).isEqualTo(NUM_STEPS).isEqualTo(remembered.versionAtEnd());
    // Most requests of a client that steps are a push with the keys of the pull before it.
    assertThat(remembered.numRequests()).isEqualTo(NUM_STEPS + 1);
    assertThat(forgotten.numRequests()).isGreaterThan(NUM_STEPS + 10);
    long keyBytes = 2L * NUM_KEYS; // gaps of about 500 take two bytes
    long perStep = remembered.bytesSent() / NUM_STEPS;
    assertThat(perStep - NUM_KEYS * 8L).isLessThan(keyBytes + 300);
  }

  private record Outcome(double[] weights, long versionAtEnd, int numRequests, long bytesSent) {}

  private static Outcome run(int requestsUntilForgotten) throws Exception {
    try (ShardHost host = new ShardHost(64L << 20, new ServerMetrics(new MetricRegistry()))) {
      Forgetting handler = new Forgetting(host, requestsUntilForgotten);
      try (Endpoint server = endpoint("server", handler);
          Endpoint endpoint = endpoint("worker", (request, reply) -> reply.failure("nobody"))) {
        RunLocation run = new RunLocation(1, NUM_PARAMETERS, List.of(server.address()));
        DriverClient driver = new DriverClient(endpoint, run, MAX_WAIT);
        driver.open(
            length ->
                new ShardSettings(
                    1,
                    length,
                    new Sgd(),
                    new StepSize(StepSize.Schedule.CONSTANT, 0.5),
                    Consistency.asp(),
                    100,
                    1 << 20,
                    1 << 20,
                    4));
        handler.numRequests = 0;
        long before = endpoint.bytesSent();
        ParameterClient client = new ParameterClient(endpoint, run, 0, 0, MAX_WAIT);
        SplittableRandom random = new SplittableRandom(7);
        int[] keys = keys(random);
        double[] weights = new double[NUM_KEYS];
        Pulled pulled = DriverClient.join(client.pull(0, keys, weights));
        for (int step = 0; step < NUM_STEPS; step++) {
          int[] next = keys(random);
          double[] gradient = new double[NUM_KEYS];
          for (int k = 0; k < NUM_KEYS; k++) {
            gradient[k] = weights[k] - keys[k];
          }
          pulled =
              DriverClient.join(
                  client.pushPull(step, pulled.versions(), 1, keys, gradient, next, weights));
          keys = next;
        }
        int numRequests = handler.numRequests;
        long bytesSent = endpoint.bytesSent() - before;
        double[] all = new double[NUM_PARAMETERS];
        driver.current().get(0).weights().get(all);
        return new Outcome(all, driver.status().get(0).version(), numRequests, bytesSent);
      }
    }
  }

  private static int[] keys(SplittableRandom random) {
    return random.ints(0, NUM_PARAMETERS).distinct().limit(NUM_KEYS).sorted().toArray();
  }

  private static Endpoint endpoint(String role, RequestHandler handler) {
    return Endpoint.open(role, 1, handler, new SparkConf(false), "127.0.0.1", 0);
  }

  /** A host whose connections lose their memory every few requests, as a restart would. */
  private static final class Forgetting implements RequestHandler {
    private final ShardHost host;
    private final int requestsUntilForgotten;
    private volatile int numRequests;

    Forgetting(ShardHost host, int requestsUntilForgotten) {
      this.host = host;
      this.requestsUntilForgotten = requestsUntilForgotten;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one connection, one event loop
    public void handle(ByteBuffer request, Reply reply) {
      if (++numRequests % requestsUntilForgotten == 0) {
        host.disconnected(reply.connection());
      }
      host.handle(request, reply);
    }
  }
}
