package dev.triptych.ml.regression;

import dev.triptych.ml.Agreement;
import dev.triptych.ml.Frames;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearRegressionIT {
  @ParameterizedTest
  @CsvSource({
    "true, true, 0, l-bfgs",
    "true, true, 0.5, l-bfgs",
    "true, true, 1, l-bfgs",
    "true, false, 0, l-bfgs",
    "false, true, 0, l-bfgs",
    "false, true, 0.5, l-bfgs",
    "false, true, 1, l-bfgs",
    "true, true, 0, auto",
    "false, true, 0.5, auto",
    "true, false, 1, auto",
    "false, false, 0.5, normal"
  })
  void agreesWithMllib(
      boolean standardization, boolean intercept, double elasticNet, String solver) {
    Dataset<Row> data = Frames.numbers(300, 5, 2);
    LinearRegressionModel mllib =
        new org.apache.spark.ml.regression.LinearRegression()
            .setRegParam(0.3)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setWeightCol("weight")
            .setSolver(solver)
            .setMaxIter(1000)
            .setTol(1e-12)
            .fit(data);
    LinearRegressionModel ours =
        new LinearRegression()
            .setRegParam(0.3)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setWeightCol("weight")
            .setSolver(solver)
            .setMaxIter(1000)
            .setTol(1e-12)
            .fit(data);
    Agreement.assertAgree(ours.coefficients(), mllib.coefficients());
    Agreement.assertAgree(ours.intercept(), mllib.intercept());
  }
}
