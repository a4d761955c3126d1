package dev.triptych.core.loss;

import java.io.Serializable;

/**
 * Loss ℓ(s, y) of a score s = w·x (+ intercept) against a label y, convex in s. Implementations are
 * stateless, thread-safe and finite for every score up to ±1e4 and beyond.
 */
public interface Loss extends Serializable {
  /** Name on the command line, such as {@code logistic}. */
  String name();

  /** ℓ(s, y). */
  double value(double score, double label);

  /** ∂ℓ/∂s, a subgradient where ℓ has a kink. */
  double derivative(double score, double label);

  /**
   * Loss and derivative of several examples: {@code values[k]} ← ℓ(s_k, y_k) and {@code
   * derivatives[k]} ← ∂ℓ/∂s for k < {@code length}. For losses whose two share work.
   */
  default void evaluate(
      double[] scores, double[] labels, int length, double[] values, double[] derivatives) {
    for (int k = 0; k < length; k++) {
      values[k] = value(scores[k], labels[k]);
      derivatives[k] = derivative(scores[k], labels[k]);
    }
  }

  /**
   * sup ∂²ℓ/∂s², used for automatic step sizes; for a loss with a kink, that of a smoothed
   * stand-in.
   */
  double curvatureBound();

  /** Which labels it accepts. */
  LabelKind labelKind();

  /** The labels a loss is made for. */
  enum LabelKind {
    /** −1 and +1; files may say 0 and 1, which the loader maps. */
    BINARY,
    /** Any finite number. */
    REAL,
    /** A finite number of at least 0. */
    COUNT,
    /** 0, 1, …, K − 1 for K classes. */
    CLASS
  }
}
