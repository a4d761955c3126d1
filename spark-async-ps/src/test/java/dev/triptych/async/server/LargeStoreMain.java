package dev.triptych.async.server;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterClient;
import dev.triptych.async.client.ParameterServerException;
import dev.triptych.async.client.Pulled;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.spark.transport.Endpoint;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.SparkConf;

/**
 * A process with two servers and a worker: 100 million features with AdaGrad's state. Prints {@code
 * passed} or fails.
 */
final class LargeStoreMain {
  private static final int NUM_PARAMETERS = 100_000_000;
  private static final int NUM_KEYS = 1_000_000;
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);
  private static final long MB = 1 << 20;

  private LargeStoreMain() {}

  public static void main(String[] args) throws Exception {
    SparkConf conf = new SparkConf(false);
    try (ParameterServer first = ParameterServer.start(settings(conf, 900 * MB));
        ParameterServer second = ParameterServer.start(settings(conf, 900 * MB));
        ParameterServer small = ParameterServer.start(settings(conf, 40 * MB));
        Endpoint endpoint =
            Endpoint.open(
                "worker", 1, (request, reply) -> reply.failure("nobody"), conf, "127.0.0.1", 0)) {
      RunLocation run =
          new RunLocation(1, NUM_PARAMETERS, List.of(first.address(), second.address()));
      train(endpoint, run);
      overflow(endpoint, new RunLocation(2, NUM_PARAMETERS, List.of(small.address())));
    }
    System.out.println("passed");
  }

  private static void train(Endpoint endpoint, RunLocation run) throws InterruptedException {
    DriverClient driver = new DriverClient(endpoint, run, MAX_WAIT);
    driver.open(LargeStoreMain::settings);
    ParameterClient worker = new ParameterClient(endpoint, run, 0, 0, MAX_WAIT);
    int[] keys = new int[NUM_KEYS];
    double[] gradient = new double[NUM_KEYS];
    double[] weights = new double[NUM_KEYS];
    Arrays.fill(gradient, 2);
    fill(keys, 0);
    Pulled pulled = join(worker.pull(0, keys, weights));
    check(usedBytes() < 100 * MB, "weights that nobody touched take no memory");
    for (int t = 0; t < NUM_PARAMETERS / NUM_KEYS; t++) {
      int[] next = new int[NUM_KEYS];
      fill(next, Math.min(t + 1, NUM_PARAMETERS / NUM_KEYS - 1));
      pulled = join(worker.pushPull(t, pulled.versions(), 1, keys, gradient, next, weights));
      keys = next;
      if (t == 9) {
        // ten million weights and as many sums of squares are 160 MB
        check(usedBytes() < 300 * MB, "only touched pages are allocated");
      }
    }
    // every tenth page again, at its first weight: G = 4 + 4
    int[] again = new int[2000];
    for (int k = 0; k < again.length; k++) {
      again[k] = k * 40_960 + k % 7;
    }
    double[] values = new double[again.length];
    Arrays.fill(values, 2);
    double[] read = new double[again.length];
    join(worker.pushPull(100, pulled.versions(), 1, again, values, again, read));
    for (double weight : read) {
      check(Math.abs(weight + 1 + 2 / Math.sqrt(8)) < 1e-9, "AdaGrad's second step, got " + weight);
    }
    driver.close();
  }

  /** A run that grows beyond what its server gives is refused by name, and the server lives on. */
  private static void overflow(Endpoint endpoint, RunLocation run) throws InterruptedException {
    DriverClient driver = new DriverClient(endpoint, run, MAX_WAIT);
    driver.open(LargeStoreMain::settings);
    ParameterClient worker = new ParameterClient(endpoint, run, 0, 0, MAX_WAIT);
    int[] keys = new int[NUM_KEYS];
    double[] gradient = new double[NUM_KEYS];
    Pulled pulled = join(worker.pull(0, new int[] {0}, new double[1]));
    String refusal = "";
    for (int t = 0; t < 10 && refusal.isEmpty(); t++) {
      fill(keys, t);
      Arrays.fill(gradient, 1);
      try {
        join(worker.push(t, pulled.versions(), 1, keys, gradient));
      } catch (ParameterServerException e) {
        refusal = String.valueOf(e.getMessage());
      }
    }
    check(refusal.contains("needs more memory than this server gives"), "got " + refusal);
    check(driver.status().get(0).version() == 3, "three million keys fit");
    driver.close();
  }

  private static ServerSettings settings(SparkConf conf, long maxShardBytes) {
    return new ServerSettings(conf, "127.0.0.1", 0, maxShardBytes, 1);
  }

  private static ShardSettings settings(int length) {
    return new ShardSettings(
        1,
        length,
        new AdaGrad(),
        StepSize.constant(1),
        Consistency.asp(),
        100,
        Long.MAX_VALUE,
        1,
        40);
  }

  private static void fill(int[] keys, int block) {
    for (int k = 0; k < keys.length; k++) {
      keys[k] = block * NUM_KEYS + k;
    }
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static <A> A join(CompletableFuture<A> future) throws InterruptedException {
    return DriverClient.join(future);
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what + "; " + usedBytes() / MB + " MB used");
    }
  }
}
