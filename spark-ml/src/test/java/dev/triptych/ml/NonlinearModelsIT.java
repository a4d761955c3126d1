package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.ml.classification.FMClassifier;
import dev.triptych.ml.classification.LogisticRegression;
import dev.triptych.ml.classification.MultilayerPerceptronClassifier;
import dev.triptych.ml.regression.FMRegressor;
import dev.triptych.ml.regression.LinearRegression;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.classification.FMClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.FMRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels that depend on the product of two features: out of reach of a linear model. */
class NonlinearModelsIT {
  private static final Dataset<Row> DATA = products(1500);

  @TempDir Path folder;

  private static Dataset<Row> products(int numRows) {
    Random random = new Random(9);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < numRows; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      double product = a * b + 0.05 * random.nextGaussian();
      rows.add(
          RowFactory.create(
              product > 0 ? 1.0 : 0.0, product, Vectors.dense(a, b, random.nextGaussian())));
    }
    return SparkSessions.local2()
        .createDataFrame(
            rows,
            new StructType()
                .add("label", "double")
                .add("number", "double")
                .add("features", SQLDataTypes.VectorType()))
        .cache();
  }

  @Test
  void factorizationMachinesSeeProductsOfFeatures() throws Exception {
    FMClassificationModel classifier =
        new FMClassifier().setFactorSize(4).setInitStd(0.1).fit(DATA);
    assertThat(new LogisticRegression().fit(DATA).summary().accuracy()).isLessThan(0.65);
    assertThat(classifier.summary().accuracy()).isGreaterThan(0.95);
    String path = folder.resolve("fm").toString();
    classifier.save(path);
    assertThat(FMClassificationModel.load(path).factors()).isEqualTo(classifier.factors());

    FMRegressionModel regression =
        new FMRegressor().setLabelCol("number").setFactorSize(4).setInitStd(0.1).fit(DATA);
    RegressionEvaluator rmse = new RegressionEvaluator().setLabelCol("number");
    assertThat(rmse.evaluate(regression.transform(DATA))).isLessThan(0.1);
    assertThat(
            rmse.evaluate(new LinearRegression().setLabelCol("number").fit(DATA).transform(DATA)))
        .isGreaterThan(0.8);
  }

  @Test
  void aNetworkLearnsThemInEveryMode() throws Exception {
    MultilayerPerceptronClassifier estimator =
        new MultilayerPerceptronClassifier().setLayers(new int[] {3, 12, 2}).setSeed(1);
    MultilayerPerceptronClassificationModel model = estimator.fit(DATA);
    assertThat(model.summary().accuracy()).as("lbfgs").isGreaterThan(0.95);
    assertThat(model.layers()).isNotNull();
    String path = folder.resolve("mlp").toString();
    model.save(path);
    assertThat(MultilayerPerceptronClassificationModel.load(path).weights())
        .isEqualTo(model.weights());
    estimator.setNumWorkers(2).setBatchSize(8).setEpochs(30).setOptimizer("adam").setStepSize(0.05);
    for (String mode : new String[] {"async", "gossip"}) {
      assertThat(estimator.setMode(mode).fit(DATA).summary().accuracy())
          .as(mode)
          .isGreaterThan(0.9);
    }
  }
}
