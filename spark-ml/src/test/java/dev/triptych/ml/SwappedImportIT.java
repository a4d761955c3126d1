package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.testing.SparkSessions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MLlib's documented example of logistic regression, as it is and with one import changed. */
class SwappedImportIT {
  private static final String EXAMPLE =
      """
      import org.apache.spark.ml.classification.LogisticRegression;
      import org.apache.spark.ml.classification.LogisticRegressionModel;
      import org.apache.spark.sql.Dataset;
      import org.apache.spark.sql.Row;
      import org.apache.spark.sql.SparkSession;

      public final class %s {
        public static LogisticRegressionModel[] run(SparkSession spark, String path) {
          // Load training data
          Dataset<Row> training = spark.read().format("libsvm").load(path);

          LogisticRegression lr = new LogisticRegression()
            .setMaxIter(10)
            .setRegParam(0.3)
            .setElasticNetParam(0.8);

          // Fit the model
          LogisticRegressionModel lrModel = lr.fit(training);

          // We can also use the multinomial family for binary classification
          LogisticRegression mlr = new LogisticRegression()
                  .setMaxIter(10)
                  .setRegParam(0.3)
                  .setElasticNetParam(0.8)
                  .setFamily("multinomial");

          // Fit the model
          LogisticRegressionModel mlrModel = mlr.fit(training);
          return new LogisticRegressionModel[] {lrModel, mlrModel};
        }
      }
      """;

  @TempDir static Path folder;
  private static String data;

  /** 100 images of 692 pixels, most of them black, in two classes. */
  @BeforeAll
  static void writeData() throws Exception {
    Random random = new Random(5);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      int label = random.nextInt(2);
      lines.append(label);
      for (int j = 1; j <= 692; j++) {
        boolean bright = j % 11 == 3 * label;
        if (random.nextInt(10) < (bright ? 8 : 1) || (j == 692 && i == 0)) {
          lines.append(' ').append(j).append(':').append(1 + random.nextInt(255));
        }
      }
      lines.append('\n');
    }
    Path file = folder.resolve("sample_libsvm_data.txt");
    Files.writeString(file, lines);
    data = file.toString();
  }

  @Test
  void oneChangedImportGivesTheSameModels() throws Exception {
    String theirs = EXAMPLE.formatted("Theirs");
    String ours =
        EXAMPLE
            .formatted("Ours")
            .replace(
                "import org.apache.spark.ml.classification.LogisticRegression;",
                "import dev.triptych.ml.classification.LogisticRegression;");
    LogisticRegressionModel[] expected = run("Theirs", theirs);
    LogisticRegressionModel[] models = run("Ours", ours);
    for (int m = 0; m < expected.length; m++) {
      double[] expectedHistory = expected[m].summary().objectiveHistory();
      double[] history = models[m].summary().objectiveHistory();
      assertThat(models[m].getClass()).isEqualTo(LogisticRegressionModel.class);
      // Ten iterations are not the optimum, and each method takes its own.
      assertThat(history[history.length - 1])
          .isCloseTo(expectedHistory[expectedHistory.length - 1], within(0.03));
      assertThat(models[m].summary().accuracy())
          .isCloseTo(expected[m].summary().accuracy(), within(0.06));
      assertThat(models[m].numFeatures()).isEqualTo(expected[m].numFeatures());
      assertThat(models[m].coefficientMatrix().numRows())
          .isEqualTo(expected[m].coefficientMatrix().numRows());
    }
  }

  private static LogisticRegressionModel[] run(String name, String source) throws Exception {
    return (LogisticRegressionModel[])
        SourceCode.java(name, source, folder)
            .getMethod("run", SparkSession.class, String.class)
            .invoke(null, SparkSessions.local2(), data);
  }
}
