package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.ml.classification.LogisticRegression;
import dev.triptych.testing.DatasetMirror;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Path;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

class CrossValidationIT {
  @Test
  void asynchronousTrainingPicksTheSameGridPointAsMllib() {
    Path file = DatasetMirror.assumePresent("phishing/phishing.train.libsvm.gz");
    Dataset<Row> data =
        SparkSessions.local2()
            .read()
            .format("libsvm")
            .option("numFeatures", "68")
            .load(file.toString())
            .withColumn("label", functions.expr("if(label > 0, 1.0, 0.0)"))
            .repartition(2)
            .cache();
    org.apache.spark.ml.classification.LogisticRegression theirs =
        new org.apache.spark.ml.classification.LogisticRegression();
    LogisticRegression ours =
        new LogisticRegression().setMode("async").setNumWorkers(2).setEpochs(5);
    CrossValidatorModel expected = validate(theirs, theirs.regParam(), data);
    CrossValidatorModel found = validate(ours, ours.regParam(), data);
    assertThat(best(found)).isEqualTo(best(expected));
    assertThat(best(expected)).as("a grid point within the grid").isNotEqualTo(3);
    // Five asynchronous epochs end beside the optimum, elsewhere in every run.
    for (int i = 0; i < 4; i++) {
      assertThat(found.avgMetrics()[i]).isGreaterThan(expected.avgMetrics()[i] - 0.02);
    }
    data.unpersist();
  }

  private static CrossValidatorModel validate(
      Estimator<?> estimator, DoubleParam regParam, Dataset<Row> data) {
    ParamMap[] grid =
        new ParamGridBuilder().addGrid(regParam, new double[] {0.001, 0.1, 1, 10}).build();
    return new CrossValidator()
        .setEstimator(estimator)
        .setEvaluator(new BinaryClassificationEvaluator())
        .setEstimatorParamMaps(grid)
        .setNumFolds(2)
        .setSeed(1)
        .fit(data);
  }

  private static int best(CrossValidatorModel model) {
    int best = 0;
    for (int i = 1; i < model.avgMetrics().length; i++) {
      if (model.avgMetrics()[i] > model.avgMetrics()[best]) {
        best = i;
      }
    }
    return best;
  }
}
