package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.testing.DatasetMirror;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
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

  /** 100 images of 692 pixels, most of them black, in two classes: the shape of Spark's file. */
  private static String writeData() throws Exception {
    Random random = new Random(5);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      int label = random.nextInt(2);
      lines.append(label);
      for (int j = 1; j <= 692; j++) {
        boolean bright = j % 11 == 3 * label;
        if (random.nextInt(20) < (bright ? 19 : 1) || (j == 692 && i == 0)) {
          lines.append(' ').append(j).append(':').append(1 + random.nextInt(255));
        }
      }
      lines.append('\n');
    }
    return Files.writeString(folder.resolve("generated.txt"), lines).toString();
  }

  @Test
  void oneChangedImportGivesTheSameModels() throws Exception {
    holds(writeData());
  }

  /** The example's own file, {@code data/mllib/sample_libsvm_data.txt} of a Spark distribution. */
  @Test
  void oneChangedImportGivesTheSameModelsOnSparksFile() throws Exception {
    holds(DatasetMirror.assumePresent("mllib/sample_libsvm_data.txt").toString());
  }

  private static void holds(String data) throws Exception {
    LogisticRegressionModel[] theirs = run(Solver.MLLIB, "setMaxIter(10)", data);
    LogisticRegressionModel[] ours = run(Solver.TRIPTYCH, "setMaxIter(10)", data);
    for (int m = 0; m < theirs.length; m++) {
      assertThat(ours[m].getClass()).isEqualTo(LogisticRegressionModel.class);
      // Ten iterations are not the optimum, and each method takes its own: all answers agree.
      Dataset<Row> rows = theirs[m].summary().predictions().select("features");
      assertThat(predictions(ours[m], rows)).hasSize(100).isEqualTo(predictions(theirs[m], rows));
      double[] ourHistory = ours[m].summary().objectiveHistory();
      double[] history = theirs[m].summary().objectiveHistory();
      assertThat(ourHistory).hasSameSizeAs(history);
      assertThat(ourHistory[0]).isCloseTo(history[0], within(1e-12));
      assertThat(ourHistory[10]).isCloseTo(history[10], within(0.01));
    }
    // At the optimum the numbers agree too.
    theirs = run(Solver.MLLIB, "setMaxIter(300).setTol(1e-12)", data);
    ours = run(Solver.TRIPTYCH, "setMaxIter(300).setTol(1e-12)", data);
    for (int m = 0; m < theirs.length; m++) {
      Agreement.assertAgree(ours[m].coefficientMatrix(), theirs[m].coefficientMatrix());
      Agreement.assertAgree(ours[m].interceptVector(), theirs[m].interceptVector());
    }
  }

  private enum Solver {
    MLLIB,
    TRIPTYCH
  }

  private static List<Row> predictions(LogisticRegressionModel model, Dataset<Row> rows) {
    return model.transform(rows).select("prediction").collectAsList();
  }

  private static LogisticRegressionModel[] run(Solver solver, String iterations, String data)
      throws Exception {
    String name = solver + (iterations.equals("setMaxIter(10)") ? "Documented" : "Converged");
    String source = EXAMPLE.formatted(name).replace("setMaxIter(10)", iterations);
    if (solver == Solver.TRIPTYCH) {
      source =
          source.replace(
              "import org.apache.spark.ml.classification.LogisticRegression;",
              "import dev.triptych.ml.classification.LogisticRegression;");
    }
    return (LogisticRegressionModel[])
        SourceCode.java(name, source, folder)
            .getMethod("run", SparkSession.class, String.class)
            .invoke(null, SparkSessions.local2(), data);
  }
}
