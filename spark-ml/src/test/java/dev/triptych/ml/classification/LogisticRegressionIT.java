package dev.triptych.ml.classification;

import dev.triptych.ml.Agreement;
import dev.triptych.ml.Frames;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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
    Dataset<Row> data = Frames.classes(500, 2, 1);
    LogisticRegressionModel mllib =
        new org.apache.spark.ml.classification.LogisticRegression()
            .setRegParam(0.02)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setWeightCol("weight")
            .setMaxIter(1000)
            .setTol(1e-12)
            .fit(data);
    LogisticRegressionModel ours =
        new LogisticRegression()
            .setRegParam(0.02)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setWeightCol("weight")
            .setMaxIter(1000)
            .setTol(1e-12)
            .fit(data);
    Agreement.assertAgree(ours.coefficients(), mllib.coefficients());
    Agreement.assertAgree(ours.intercept(), mllib.intercept());
  }

  /** Every combination of standardisation, weights and elastic net; some without intercept. */
  @ParameterizedTest
  @MethodSource("combinations")
  void threeClassesAgreeWithMllib(
      boolean standardization, boolean weighted, boolean intercept, double elasticNet) {
    agreeOnThreeClasses(standardization, weighted, intercept, 0.02, elasticNet);
  }

  static Stream<Arguments> combinations() {
    List<Arguments> all = new ArrayList<>();
    for (double elasticNet : new double[] {0, 0.5, 1}) {
      for (int bits = 0; bits < 4; bits++) {
        all.add(Arguments.of((bits & 1) != 0, (bits & 2) != 0, true, elasticNet));
      }
      all.add(Arguments.of(elasticNet != 0.5, elasticNet == 0, false, elasticNet));
    }
    return all.stream();
  }

  /** Coefficients are determined up to a constant for all classes: MLlib centres them. */
  @Test
  void threeClassesAgreeWithMllibWithoutAPenalty() {
    agreeOnThreeClasses(true, true, true, 0, 0);
  }

  private static void agreeOnThreeClasses(
      boolean standardization,
      boolean weighted,
      boolean intercept,
      double regParam,
      double elasticNet) {
    Dataset<Row> data = Frames.classes(500, 3, 1);
    var mllib =
        new org.apache.spark.ml.classification.LogisticRegression()
            .setRegParam(regParam)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setMaxIter(1000)
            .setTol(1e-12);
    var ours =
        new LogisticRegression()
            .setRegParam(regParam)
            .setElasticNetParam(elasticNet)
            .setStandardization(standardization)
            .setFitIntercept(intercept)
            .setMaxIter(1000)
            .setTol(1e-12);
    if (weighted) {
      mllib.setWeightCol("weight");
      ours.setWeightCol("weight");
    }
    LogisticRegressionModel theirModel = mllib.fit(data);
    LogisticRegressionModel ourModel = ours.fit(data);
    Agreement.assertAgree(ourModel.coefficientMatrix(), theirModel.coefficientMatrix());
    if (intercept) {
      Agreement.assertAgree(ourModel.interceptVector(), theirModel.interceptVector());
    }
  }
}
