package dev.triptych.async.client;

import dev.triptych.spark.transport.Address;

/** Addresses as they travel: {@code host:port}. */
public final class Addresses {
  private Addresses() {}

  /**
   * The counterpart of {@link Address#toString}.
   *
   * @throws IllegalArgumentException if it is no address
   */
  public static Address parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("expected host:port, got '" + text + "'");
    }
    return new Address(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }
}
