package dev.triptych.async.train;

import java.io.IOException;

/** Who takes the final weights of a run before the servers forget them. */
@FunctionalInterface
public interface WeightsSink {
  /** Called once by the driver, at the end of a run that did not fail. */
  void save(ServedWeights weights) throws IOException;

  /** Wants none. */
  static WeightsSink none() {
    return weights -> {};
  }
}
