package dev.triptych.async.server;

import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import org.apache.spark.SparkConf;

/**
 * A parameter server: an endpoint whose requests go to the shards hosted here, of any number of
 * runs. Runs inside a Spark driver or executor. Thread-safe.
 */
public final class ParameterServer implements AutoCloseable {
  private final ShardHost shards;
  private final Endpoint endpoint;

  private ParameterServer(ShardHost shards, Endpoint endpoint) {
    this.shards = shards;
    this.endpoint = endpoint;
  }

  /**
   * Starts a server in this Spark process, on a free port.
   *
   * @param role names it in messages
   * @param threads event loops
   */
  public static ParameterServer start(String role, int threads) {
    ShardHost shards = new ShardHost(Runtime.getRuntime().maxMemory() / 2);
    return new ParameterServer(shards, Endpoint.open(role, threads, shards));
  }

  /**
   * Starts a server outside Spark.
   *
   * @param role names it in messages
   * @param threads event loops
   * @param conf Spark's settings of security and network, see {@link Endpoint}
   * @param host where to listen, and what workers are told
   * @param port where to listen, 0 for any free one
   */
  public static ParameterServer start(
      String role, int threads, SparkConf conf, String host, int port) {
    ShardHost shards = new ShardHost(Runtime.getRuntime().maxMemory() / 2);
    return new ParameterServer(shards, Endpoint.open(role, threads, shards, conf, host, port));
  }

  /** Where it listens. */
  public Address address() {
    return endpoint.address();
  }

  /** Stops listening and forgets all shards. */
  @Override
  public void close() {
    endpoint.close();
    shards.close();
  }
}
