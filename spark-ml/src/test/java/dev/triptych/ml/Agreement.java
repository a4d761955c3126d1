package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;

/** Whether two fits came to the same coefficients. */
public final class Agreement {
  private static final double RELATIVE = 1e-4;

  private Agreement() {}

  /** Each number within 1e-4 of MLlib's, relative to it; of the largest, where it is tiny. */
  public static void assertAgree(double[] ours, double[] mllib) {
    double largest = 0;
    for (double value : mllib) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).as("MLlib's largest coefficient").isPositive();
    assertThat(ours).hasSameSizeAs(mllib);
    for (int j = 0; j < mllib.length; j++) {
      double allowed = RELATIVE * Math.max(Math.abs(mllib[j]), 1e-2 * largest);
      assertThat(Math.abs(ours[j] - mllib[j]))
          .as("coefficient %d: ours %s, MLlib's %s", j, ours[j], mllib[j])
          .isLessThanOrEqualTo(allowed);
    }
  }

  /** One number within 1e-4 of MLlib's, relative to it. */
  public static void assertAgree(double ours, double mllib) {
    assertThat(ours).isCloseTo(mllib, within(RELATIVE * Math.abs(mllib)));
  }

  /** As above. */
  public static void assertAgree(Vector ours, Vector mllib) {
    assertAgree(ours.toArray(), mllib.toArray());
  }

  /** As above; row by row, so that a class with small coefficients counts as much. */
  public static void assertAgree(Matrix ours, Matrix mllib) {
    assertThat(ours.numRows()).isEqualTo(mllib.numRows());
    for (int k = 0; k < mllib.numRows(); k++) {
      double[] ourRow = new double[mllib.numCols()];
      double[] mllibRow = new double[mllib.numCols()];
      for (int j = 0; j < ourRow.length; j++) {
        ourRow[j] = ours.apply(k, j);
        mllibRow[j] = mllib.apply(k, j);
      }
      assertAgree(Vectors.dense(ourRow), Vectors.dense(mllibRow));
    }
  }
}
