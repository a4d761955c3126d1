package dev.triptych.async.server;

import com.codahale.metrics.MetricRegistry;
import dev.triptych.async.metrics.PrometheusText;
import dev.triptych.async.metrics.ServerMetrics;
import dev.triptych.async.metrics.SparkSource;
import dev.triptych.core.InvalidInputException;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.spark.SparkConf;
import org.jspecify.annotations.Nullable;

/**
 * A parameter server: an endpoint whose requests go to the shards hosted here, of any number of
 * runs. Runs inside a Spark driver or executor, or in a process of its own. Thread-safe.
 */
public final class ParameterServer implements AutoCloseable {
  private final ShardHost shards;
  private final Endpoint endpoint;
  private final ServerMetrics metrics;
  private final @Nullable SparkSource source;

  private ParameterServer(
      ShardHost shards, Endpoint endpoint, ServerMetrics metrics, @Nullable SparkSource source) {
    this.shards = shards;
    this.endpoint = endpoint;
    shards.connect(endpoint);
    this.metrics = metrics;
    this.source = source;
  }

  /**
   * Starts a server in this Spark process, on a free port. Its metrics are Spark's, as source
   * {@code triptych}.
   *
   * @param role names it in messages
   * @param threads event loops
   */
  public static ParameterServer start(String role, int threads) {
    ServerMetrics metrics = new ServerMetrics(new MetricRegistry());
    ShardHost shards = new ShardHost(Runtime.getRuntime().maxMemory() / 2, metrics);
    Endpoint endpoint = Endpoint.open(role, threads, shards);
    return new ParameterServer(shards, endpoint, metrics, SparkSource.open(metrics.registry()));
  }

  /**
   * Like {@link #start(String, int)}.
   *
   * @param metrics registered already, such as a Spark plugin's
   */
  public static ParameterServer start(String role, int threads, ServerMetrics metrics) {
    ShardHost shards = new ShardHost(Runtime.getRuntime().maxMemory() / 2, metrics);
    return new ParameterServer(shards, Endpoint.open(role, threads, shards), metrics, null);
  }

  /**
   * Starts a server outside Spark.
   *
   * @throws InvalidInputException if it cannot listen there, or would listen beyond this machine
   *     without a secret
   */
  public static ParameterServer start(ServerSettings settings) {
    SparkConf conf = ListenAddress.withSecretFromFile(settings.conf());
    ListenAddress.check(settings.host(), conf);
    ServerMetrics metrics = new ServerMetrics(new MetricRegistry());
    ShardHost shards = new ShardHost(settings.maxShardBytes(), metrics);
    try {
      Endpoint endpoint =
          Endpoint.open(
              "parameter server",
              settings.threads(),
              shards,
              conf,
              settings.host(),
              settings.port());
      return new ParameterServer(shards, endpoint, metrics, null);
    } catch (Exception e) { // Netty throws its IOException past the compiler
      throw ListenAddress.cannotListen(settings.host(), settings.port(), e);
    }
  }

  /** Where it listens. */
  public Address address() {
    return endpoint.address();
  }

  /** Whether every shard that is here is served. */
  boolean isHealthy() {
    return shards.isHealthy();
  }

  /** Whether it takes new runs. */
  boolean isReady() {
    return shards.isReady();
  }

  /** Its metrics in Prometheus' text format. */
  String metricsInWords() {
    return PrometheusText.of(metrics);
  }

  /**
   * Goes on with the shards that {@link #stop} has left in a folder; before any worker asks.
   *
   * @return how many there were
   * @throws InvalidInputException if a file is damaged
   */
  public int takeUp(Path snapshotFolder) {
    return shards.takeUp(snapshotFolder);
  }

  /**
   * Takes no new run and nothing of a running one, and tells the drivers, which move what is here
   * to other servers; waits for that as long as they can. {@link #stop} is still to be called.
   *
   * @return how many shards are left, because nobody can take them or {@code maxWait} is over
   */
  public int leave(Duration maxWait) throws InterruptedException {
    return shards.leave(System.nanoTime() + maxWait.toNanos());
  }

  /**
   * Ends gracefully: takes no new run and lets every shard finish the request it is at. Without a
   * folder whoever waits is told that the run was closed. With a folder the shards are left there:
   * workers ask again, and go on when a server with this folder is back at this address. {@link
   * #close} is still to be called.
   *
   * @param snapshotFolder or null
   * @return false if a shard is not done within {@code maxWait}
   */
  public boolean stop(@Nullable Path snapshotFolder, Duration maxWait) throws InterruptedException {
    return shards.finish(snapshotFolder, System.nanoTime() + maxWait.toNanos());
  }

  /** Stops listening and forgets all shards. */
  @Override
  public void close() {
    endpoint.close();
    shards.close();
    if (source != null) {
      source.close();
    }
  }
}
