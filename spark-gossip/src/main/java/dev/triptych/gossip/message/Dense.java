package dev.triptych.gossip.message;

import dev.triptych.spark.exchange.Vector;

/** A vector that travels with all its values. */
public sealed interface Dense extends Message permits DenseDouble, DenseFloat {
  /** The values themselves, not a copy. */
  Vector vector();

  /** sum ← sum + weight · this, for the components from {@code begin} to before {@code end}. */
  void addTo(double weight, double[] sum, int begin, int end);

  @Override
  default void addTo(double weight, double[] sum) {
    addTo(weight, sum, 0, sum.length);
  }

  /** A message of these values, which it takes over. */
  static Dense of(Vector vector) {
    return vector instanceof Vector.Doubles doubles
        ? new DenseDouble(doubles.values())
        : new DenseFloat(((Vector.Floats) vector).values());
  }
}
