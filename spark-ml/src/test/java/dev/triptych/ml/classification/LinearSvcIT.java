package dev.triptych.ml.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.ml.Agreement;
import dev.triptych.ml.Frames;
import java.util.Arrays;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearSvcIT {
  /**
   * MLlib's OWL-QN ends about 1e-9 above the minimum of the hinge, where one coefficient alone may
   * be a few 1e-4 off: so the vector is compared, on many rows, where its kinks are small.
   */
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true"})
  void agreesWithMllib(boolean standardization, boolean intercept) {
    Dataset<Row> data = Frames.classes(20_000, 2, 3).repartition(2).cache();
    LinearSVCModel mllib =
        new org.apache.spark.ml.classification.LinearSVC()
            .setRegParam(0.2)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setWeightCol("weight")
            .setMaxIter(1000)
            .setTol(1e-14)
            .fit(data);
    LinearSVCModel ours =
        new LinearSVC()
            .setRegParam(0.2)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setWeightCol("weight")
            .setMaxIter(1000)
            .setTol(1e-14)
            .fit(data);
    data.unpersist();
    Agreement.assertVectorsAgree(parameters(ours), parameters(mllib));
    double[] ourHistory = ours.summary().objectiveHistory();
    double[] history = mllib.summary().objectiveHistory();
    assertThat(ourHistory[ourHistory.length - 1])
        .as("objective, beside MLlib's")
        .isLessThanOrEqualTo(history[history.length - 1] * (1 + 1e-9));
  }

  private static double[] parameters(LinearSVCModel model) {
    double[] weights = model.coefficients().toArray();
    double[] all = Arrays.copyOf(weights, weights.length + 1);
    all[weights.length] = model.intercept();
    return all;
  }
}
