package dev.triptych.gossip.exchange;

import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.Message;

/** Messages of the tests as plain vectors. */
final class Vectors {
  private Vectors() {}

  static Message message(double... values) {
    return new DenseDouble(values);
  }

  static double[][] values(Message... messages) {
    double[][] values = new double[messages.length][];
    for (int k = 0; k < values.length; k++) {
      values[k] = messages[k].values();
    }
    return values;
  }
}
