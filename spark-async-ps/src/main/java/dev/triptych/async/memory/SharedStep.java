package dev.triptych.async.memory;

/**
 * One worker's mini-batches on {@link SharedWeights}: first everything is read and the gradient
 * computed, then it is written. One thread per worker; races between workers are meant.
 */
public interface SharedStep {
  /**
   * Reads the shared weights and computes the gradient of mini-batch {@code step} from them.
   *
   * @return false if loss or gradient were not finite
   */
  boolean read(long step);

  /** Changes the shared weights by the gradient that {@link #read} found. */
  void write(double stepSize);

  /** Examples in every mini-batch. */
  int batchSize();
}
