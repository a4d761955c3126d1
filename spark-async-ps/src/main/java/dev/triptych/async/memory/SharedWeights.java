package dev.triptych.async.memory;

import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import java.util.Arrays;
import java.util.List;

/**
 * One array of weights, with its optimizer's state, that all workers of a process read and write
 * (Niu, Recht, Ré, Wright: Hogwild!, NIPS 2011). <b>Racy by design</b>: these are plain arrays, and
 * nothing orders what threads do to them. When two threads change a weight at the same time, one of
 * the two changes may be lost; a reader may see some of another's update and not the rest. The
 * paper shows that sparse problems converge all the same.
 *
 * <p>What the memory model leaves: each element is one of the values that were written to it (a
 * {@code double} may be torn by the letter of JLS 17.7, but is not on a 64-bit machine), and what a
 * worker wrote is seen by whoever reads its {@link WorkerProgress} afterwards. Whoever wants no
 * races holds a lock around {@link SharedStep#read} and another around {@link SharedStep#write}.
 */
public final class SharedWeights {
  private static final List<String> COORDINATE_WISE = List.of("sgd", "adagrad");

  private final double[] weights;
  private final Optimizer optimizer;
  private final OptimizerState state;

  /** All zero. */
  public SharedWeights(int numParameters, Optimizer optimizer) {
    this(new double[numParameters], optimizer);
  }

  /**
   * @param initial not copied
   */
  public SharedWeights(double[] initial, Optimizer optimizer) {
    this.weights = initial;
    this.optimizer = optimizer;
    this.state = optimizer.newState(initial.length);
  }

  /** Names of the optimizers whose state bears races as weights do. */
  public static List<String> optimizers() {
    return COORDINATE_WISE;
  }

  /** The live weights. */
  double[] live() {
    return weights;
  }

  /** The rule of every update. */
  Optimizer optimizer() {
    return optimizer;
  }

  void apply(double[] gradient, double stepSize) {
    optimizer.apply(weights, gradient, stepSize, state);
  }

  void applySparse(int[] keys, double[] values, double stepSize) {
    optimizer.applySparse(weights, keys, values, stepSize, state);
  }

  /** A copy, element after element, while others may write. */
  public double[] copy() {
    return Arrays.copyOf(weights, weights.length);
  }
}
