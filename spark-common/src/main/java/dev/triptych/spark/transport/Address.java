package dev.triptych.spark.transport;

import java.io.Serializable;

/**
 * Where an {@link Endpoint} listens.
 *
 * @param host name or IP address as other processes reach it
 * @param port 1 to 65535
 */
public record Address(String host, int port) implements Serializable {
  /**
   * @throws IllegalArgumentException if the host is blank or the port out of range
   */
  public Address {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host must not be blank");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port must be between 1 and 65535, got " + port);
    }
  }

  /** {@code host:port}. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
