package dev.triptych.async.server;

import org.apache.spark.SparkConf;

/**
 * Settings of a stand-alone server.
 *
 * @param conf Spark's settings of security and network, as {@link
 *     dev.triptych.spark.transport.Endpoint} takes them; not copied
 * @param host where to listen, and what it is called in messages
 * @param port where to listen, 0 for any free one
 * @param maxShardBytes memory of all shards together
 * @param threads event loops
 */
public record ServerSettings(
    SparkConf conf, String host, int port, long maxShardBytes, int threads) {
  public ServerSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be between 0 and 65535, got " + port);
    }
    if (maxShardBytes < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "memory and threads must be positive, got " + maxShardBytes + " and " + threads);
    }
  }

  /** Three quarters of the heap for shards, two event loops. */
  public static ServerSettings of(SparkConf conf, String host, int port) {
    return new ServerSettings(conf, host, port, Runtime.getRuntime().maxMemory() / 4 * 3, 2);
  }
}
