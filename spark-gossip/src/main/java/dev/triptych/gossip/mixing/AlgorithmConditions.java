package dev.triptych.gossip.mixing;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What D² and EXTRA ask of the averaging weights, and why a graph does not have it. */
public final class AlgorithmConditions {
  private AlgorithmConditions() {}

  /** The smallest eigenvalue where all are real and the weights never change, else null. */
  static @Nullable Double smallestEigenvalue(MixingSequence mixing) {
    return mixing.isTimeVarying() || !mixing.isSymmetric()
        ? null
        : Double.valueOf(mixing.at(0).smallestEigenvalue());
  }

  /**
   * Why D² (Tang et al. 2018) may diverge: it needs a fixed symmetric W with λ_min &gt; −1/3. Null
   * if it is safe.
   */
  static @Nullable String againstD2(MixingSequence mixing, @Nullable Double smallest) {
    if (smallest == null) {
      return notFixedOrSymmetric(mixing);
    }
    // A large W's eigenvalue is approached from above.
    double margin = mixing.numNodes() <= Spectrum.DENSE_LIMIT ? 1e-9 : 1e-5;
    return smallest > -1.0 / 3 + margin
        ? null
        : String.format(
            Locale.ROOT,
            "the smallest eigenvalue of W is %.6f and must be above -1/3: use lazy weights",
            smallest);
  }

  /**
   * Why EXTRA (Shi et al. 2015) may diverge: it needs a fixed symmetric W with λ_min &gt; −1. Null
   * if it is safe, with a step size below (1 + λ_min)/L.
   */
  static @Nullable String againstExtra(MixingSequence mixing, @Nullable Double smallest) {
    if (smallest == null) {
      return notFixedOrSymmetric(mixing);
    }
    return smallest > -1 + 1e-9 ? null : "the smallest eigenvalue of W is -1: use lazy weights";
  }

  /** {@link #againstD2(MixingSequence, Double)}; computes the smallest eigenvalue. */
  public static @Nullable String againstD2(MixingSequence mixing) {
    return againstD2(mixing, smallestEigenvalue(mixing));
  }

  /** {@link #againstExtra(MixingSequence, Double)}; computes the smallest eigenvalue. */
  public static @Nullable String againstExtra(MixingSequence mixing) {
    return againstExtra(mixing, smallestEigenvalue(mixing));
  }

  /** "D2 may diverge: reason", or null if there is none. */
  public static @Nullable String named(String algorithm, @Nullable String reason) {
    return reason == null ? null : algorithm + " may diverge: " + reason;
  }

  private static String notFixedOrSymmetric(MixingSequence mixing) {
    return mixing.isTimeVarying()
        ? "the weights change from round to round"
        : "the weights are not symmetric: use symmetrized weights";
  }
}
