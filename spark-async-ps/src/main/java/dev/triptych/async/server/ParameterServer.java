package dev.triptych.async.server;

import dev.triptych.core.InvalidInputException;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;

/**
 * A parameter server: an endpoint whose requests go to the shards hosted here, of any number of
 * runs. Runs inside a Spark driver or executor, or in a process of its own. Thread-safe.
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
   * @throws InvalidInputException if it cannot listen there, or would listen beyond this machine
   *     without a secret
   */
  public static ParameterServer start(ServerSettings settings) {
    ListenAddress.check(settings.host(), settings.conf());
    ShardHost shards = new ShardHost(settings.maxShardBytes());
    try {
      return new ParameterServer(
          shards,
          Endpoint.open(
              "parameter server",
              settings.threads(),
              shards,
              settings.conf(),
              settings.host(),
              settings.port()));
    } catch (Exception e) { // Netty throws its IOException past the compiler
      throw ListenAddress.cannotListen(settings.host(), settings.port(), e);
    }
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
