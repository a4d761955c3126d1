package dev.triptych.ml.classification;

import dev.triptych.ml.Agreement;
import dev.triptych.ml.Frames;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogisticRegressionIT {
  @ParameterizedTest
  @CsvSource({
    "true, true, 0",
    "true, true, 0.5",
    "true, true, 1",
    "true, false, 0",
    "true, false, 0.5",
    "true, false, 1",
    "false, true, 0",
    "false, true, 0.5",
    "false, true, 1",
    "false, false, 0",
    "false, false, 0.5",
    "false, false, 1"
  })
  void twoClassesAgreeWithMllib(boolean standardization, boolean intercept, double elasticNet) {
    Dataset<Row> data = Frames.classes(500, 2, 1).cache();
    LogisticRegressionModel mllib =
        new org.apache.spark.ml.classification.LogisticRegression()
            .setRegParam(0.02)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setWeightCol("weight")
            .setMaxIter(1000)
            .setTol(1e-14)
            .fit(data);
    LogisticRegressionModel ours =
        new LogisticRegression()
            .setRegParam(0.02)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setWeightCol("weight")
            .setMaxIter(1000)
            .setTol(1e-14)
            .fit(data);
    Agreement.assertAgree(ours.coefficients(), mllib.coefficients());
    Agreement.assertAgree(ours.intercept(), mllib.intercept());
  }

  @ParameterizedTest
  @CsvSource({
    "true, true, 0.02, 0",
    "true, false, 0.02, 0.5",
    "false, true, 0.02, 1",
    "false, false, 0.02, 0",
    "true, true, 0, 0"
  })
  void threeClassesAgreeWithMllib(
      boolean standardization, boolean intercept, double regParam, double elasticNet) {
    Dataset<Row> data = Frames.classes(500, 3, 1).cache();
    LogisticRegressionModel mllib =
        new org.apache.spark.ml.classification.LogisticRegression()
            .setRegParam(regParam)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setWeightCol("weight")
            .setMaxIter(1000)
            .setTol(1e-14)
            .fit(data);
    LogisticRegressionModel ours =
        new LogisticRegression()
            .setRegParam(regParam)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setWeightCol("weight")
            .setMaxIter(1000)
            .setTol(1e-14)
            .fit(data);
    Agreement.assertAgree(ours.coefficientMatrix(), mllib.coefficientMatrix());
    if (intercept) {
      Agreement.assertAgree(ours.interceptVector(), mllib.interceptVector());
    }
  }
}
