package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.ml.classification.LinearSVC;
import dev.triptych.ml.classification.LogisticRegression;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.ml.regression.LinearRegression;
import dev.triptych.testing.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersistenceIT {
  @TempDir Path folder;

  @Test
  void everyEstimatorComesBackWithItsParams() throws Exception {
    List<ModeParams<?>> estimators =
        List.of(
            new LogisticRegression().setRegParam(0.25).setMode("async").setNumWorkers(3),
            new LinearSVC().setRegParam(0.25).setMode("gossip").setTopology("complete"),
            new LinearRegression().setRegParam(0.25).setStepSize(0.5).setEpochs(2));
    for (ModeParams<?> estimator : estimators) {
      String path = folder.resolve(estimator.uid()).toString();
      ((DefaultParamsWritable) estimator).save(path);
      ModeParams<?> loaded =
          (ModeParams<?>) estimator.getClass().getMethod("load", String.class).invoke(null, path);
      assertThat(loaded).isExactlyInstanceOf(estimator.getClass());
      assertThat(loaded.uid()).isEqualTo(estimator.uid());
      assertThat(loaded.extractParamMap().toString())
          .isEqualTo(estimator.extractParamMap().toString());
    }
  }

  @Test
  void aPipelineIsSavedAndLoadedBeforeItIsFitted() throws Exception {
    String path = folder.resolve("pipeline").toString();
    pipeline().save(path);
    PipelineStage last = Pipeline.load(path).getStages()[1];
    assertThat(last).isInstanceOf(LogisticRegression.class);
    assertThat(((LogisticRegression) last).getMode()).isEqualTo("async");
    assertThat(((LogisticRegression) last).getRegParam()).isEqualTo(0.01);
  }

  @Test
  void aModelTrainedHereIsScoredByAJvmThatHasOnlySpark() throws Exception {
    Dataset<Row> data = Frames.classes(300, 2, 4);
    PipelineModel model = pipeline().fit(data);
    String saved = folder.resolve("model").toString();
    String rows = folder.resolve("rows").toString();
    model.write().save(saved);
    data.write().parquet(rows);
    double expected =
        model.transform(data).selectExpr("sum(prediction * (1 + label))").first().getDouble(0);
    assertThat(expected).as("sum over predictions").isPositive();
    String spark = JavaProcess.sparkClassPath();
    assertThat(spark).contains("spark-mllib").doesNotContain("triptych-");
    Path program = Path.of("src", "test", "resources", "ScoreWithSparkOnly.java").toAbsolutePath();
    try (JavaProcess process =
        JavaProcess.of("score", program.toString())
            .classPath(spark)
            .arguments(saved, rows)
            .start()) {
      int status = process.awaitExit(Duration.ofSeconds(120));
      assertThat(status).as(process.output()).isZero();
      assertThat(process.output()).contains("sum=" + expected + "\n");
    }
  }

  private static Pipeline pipeline() {
    return new Pipeline()
        .setStages(
            new PipelineStage[] {
              new StandardScaler().setInputCol("features").setOutputCol("scaled"),
              new LogisticRegression()
                  .setFeaturesCol("scaled")
                  .setRegParam(0.01)
                  .setMode("async")
                  .setNumWorkers(2)
                  .setEpochs(5)
            });
  }
}
