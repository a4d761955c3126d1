package dev.triptych.gossip.message;

import java.nio.ByteBuffer;

/**
 * A vector on its way from a node to its neighbours. Never changed once it was sent, because nodes
 * of one process hand it over without a copy. Its form decides its bytes, its length does not.
 */
public sealed interface Message permits Dense, Sparse, Sign, Quantized {
  /** Number of components of the vector. */
  int length();

  /** Bytes of the values that travel, without headers. */
  long payloadBytes();

  /**
   * sum ← sum + weight · this.
   *
   * @param sum {@link #length} values
   */
  void addTo(double weight, double[] sum);

  /** Writes {@link #payloadBytes} bytes. */
  void write(ByteBuffer out);

  /** The vector itself; a copy unless it is dense and in double precision. */
  default double[] values() {
    double[] values = new double[length()];
    addTo(1, values);
    return values;
  }
}
