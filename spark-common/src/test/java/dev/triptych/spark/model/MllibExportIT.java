package dev.triptych.spark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.FactorizationMachine;
import dev.triptych.core.model.MatrixFactorization;
import dev.triptych.core.model.Model;
import dev.triptych.core.model.MultilayerPerceptron;
import dev.triptych.core.model.Softmax;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.spark.ml.PredictionModel;
import org.apache.spark.ml.classification.FMClassificationModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.recommendation.ALSModel;
import org.apache.spark.ml.regression.FMRegressionModel;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Saved, loaded by MLlib, and scored: as the model that was trained. */
@Timeout(120)
class MllibExportIT {
  private static final int FEATURES = 6;
  private static final int ROWS = 40;

  @TempDir Path folder;

  @Test
  void softmaxPredictsTheSameClasses() throws Exception {
    for (boolean intercept : new boolean[] {true, false}) {
      Softmax model = new Softmax(4, FEATURES, intercept);
      double[] weights = weights(model);
      String path = save(MllibExport.logisticRegression(model, weights), "softmax" + intercept);
      assertSame(model, weights, LogisticRegressionModel.load(path));
    }
  }

  @Test
  void factorizationMachinesPredictTheSameClassesAndNumbers() throws Exception {
    FactorizationMachine classes =
        new FactorizationMachine(new LogisticLoss(), FEATURES, 3, true, true, 0.1);
    double[] weights = weights(classes);
    String path = save(MllibExport.factorizationMachine(classes, weights), "classes");
    assertSame(classes, weights, FMClassificationModel.load(path));

    FactorizationMachine numbers =
        new FactorizationMachine(new SquaredLoss(), FEATURES, 2, false, true, 0.1);
    weights = weights(numbers);
    path = save(MllibExport.factorizationMachine(numbers, weights), "numbers");
    assertSame(numbers, weights, FMRegressionModel.load(path));
  }

  @Test
  void aNetworkPredictsTheSameClasses() throws Exception {
    MultilayerPerceptron model = new MultilayerPerceptron(FEATURES, 5, 4, 3);
    double[] weights = weights(model);
    String path = save(MllibExport.multilayerPerceptron(model, weights), "network");
    assertSame(model, weights, MultilayerPerceptronClassificationModel.load(path));
  }

  @Test
  void ratingsArePredictedByAlsToSinglePrecision() throws Exception {
    SparkSession spark = SparkSessions.local2();
    int[] users = {3, 17, 40};
    int[] items = {1, 2, 900, 7000};
    for (boolean biases : new boolean[] {true, false}) {
      MatrixFactorization model = new MatrixFactorization(3, 4, 2, biases, 3.5, 0.1);
      double[] weights = weights(model);
      String path = save(MllibExport.als(model, weights, users, items, spark), "ratings" + biases);
      for (Row row :
          ALSModel.load(path)
              .transform(
                  spark.sql("select * from values (3, 1), (17, 900), (40, 7000) as r(user, item)"))
              .collectAsList()) {
        int u = Arrays.binarySearch(users, row.<Integer>getAs("user"));
        int i = Arrays.binarySearch(items, row.<Integer>getAs("item"));
        ExampleBlock pair =
            ExampleBlock.sparse(7, new double[1], new int[] {0, 2}, new int[] {u, 3 + i}, null);
        assertThat((double) row.<Float>getAs("prediction"))
            .isCloseTo(model.score(pair, 0, weights), within(1e-5));
      }
    }
  }

  private String save(org.apache.spark.ml.Model<?> model, String name) throws Exception {
    SparkSessions.local2();
    String path = folder.resolve(name).toUri().toString();
    ((MLWritable) model).write().save(path);
    return path;
  }

  private static double[] weights(Model model) {
    SplittableRandom random = new SplittableRandom(5);
    double[] weights = new double[model.numParameters()];
    Arrays.setAll(weights, j -> 2 * random.nextDouble() - 1);
    return weights;
  }

  private static void assertSame(Model model, double[] weights, PredictionModel<Vector, ?> loaded) {
    SplittableRandom random = new SplittableRandom(6);
    double[] values = new double[ROWS * FEATURES];
    Arrays.setAll(values, k -> 4 * random.nextDouble() - 2);
    ExampleBlock block = ExampleBlock.dense(FEATURES, new double[ROWS], values);
    for (int r = 0; r < ROWS; r++) {
      Vector x = Vectors.dense(Arrays.copyOfRange(values, r * FEATURES, (r + 1) * FEATURES));
      double score = model.score(block, r, weights);
      double expected =
          switch (model.labelKind()) {
            case BINARY -> score > 0 ? 1 : 0;
            case REAL, COUNT, CLASS -> score;
          };
      assertThat(loaded.predict(x)).as("row %d", r).isCloseTo(expected, within(1e-9));
    }
  }
}
