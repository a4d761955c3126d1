package dev.triptych.ml.training;

import java.util.Arrays;
import org.apache.spark.ml.linalg.Vector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Weights to start from, out of a model of MLlib's. */
public final class WarmStart {
  private static final Logger LOG = LoggerFactory.getLogger(WarmStart.class);

  private WarmStart() {}

  /**
   * Weights of a linear model, intercept last; null, and a warning, when the model has another
   * number of features.
   */
  public static double @Nullable [] linear(
      Vector coefficients, double intercept, int numFeatures, boolean fitIntercept) {
    if (!fits(1, coefficients.size(), 1, numFeatures)) {
      return null;
    }
    double[] weights =
        Arrays.copyOf(coefficients.toArray(), fitIntercept ? numFeatures + 1 : numFeatures);
    if (fitIntercept) {
      weights[numFeatures] = intercept;
    }
    return weights;
  }

  /** Whether the shapes agree; warns, in MLlib's words, when they do not. */
  public static boolean fits(int rows, int columns, int wantedRows, int wantedColumns) {
    if (rows == wantedRows && columns == wantedColumns) {
      return true;
    }
    LOG.warn(
        "Initial coefficients will be ignored! Its dimensions ({}, {}) did not match the expected"
            + " size ({}, {})",
        rows,
        columns,
        wantedRows,
        wantedColumns);
    return false;
  }
}
