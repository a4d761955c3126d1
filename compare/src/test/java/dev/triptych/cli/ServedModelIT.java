package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.train.AsyncSettings;
import dev.triptych.async.train.AsyncTrainer;
import dev.triptych.async.train.Deployment;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.loss.Losses;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.datasets.SyntheticSpec;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.Partition;
import dev.triptych.spark.data.Scale;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that an executor saves from the servers, read back by MLlib. */
@Timeout(120)
class ServedModelIT {
  private static final int FEATURES = 20_000;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"logistic,true", "logistic,false", "hinge,true", "linear,true"})
  void aModelSavedFromTheServersIsTheOneThatTheDriverWouldHaveCollected(
      String problem, boolean intercept) throws Exception {
    SyntheticSpec spec =
        SyntheticSpec.parse("synthetic:clicklog,rows=400,nonzeros=10,features=" + FEATURES);
    TrainingData data =
        DataLoader.generate(
            SparkSessions.local2Context(),
            spec.generator(),
            spec.rows(),
            0,
            new LoadOptions(
                1,
                Partition.IID,
                1,
                FEATURES,
                Scale.NONE,
                new LabelRule(LabelKind.BINARY, Map.of()),
                null));
    LinearModel model = new LinearModel(Losses.byName(problem).orElseThrow(), FEATURES, intercept);
    // One worker, so that both runs have the same bits.
    AsyncSettings settings = AsyncSettings.of(settings(), 2, Deployment.DRIVER, Consistency.asp());
    double[] collected = train(model, data, settings).collectedWeights();
    String path = folder.resolve("model").toUri().toString();
    TrainingRun served =
        train(
            model, data, settings.withWeightsTo(weights -> ModelFiles.save(model, weights, path)));

    assertThat(served.weights()).isNull();
    Vector coefficients = load(problem, path);
    assertThat(coefficients.size()).isEqualTo(FEATURES);
    for (int j = 0; j < FEATURES; j++) {
      assertThat(coefficients.apply(j)).as("weight %d", j).isEqualTo(collected[j] + 0.0);
    }
    double offset = intercept ? collected[FEATURES] : 0;
    assertThat(intercept(problem, path)).isCloseTo(offset, within(0.0));
    assertThat(coefficients.numNonzeros()).isPositive();
  }

  private static Vector load(String problem, String path) {
    return switch (problem) {
      case "logistic" -> LogisticRegressionModel.load(path).coefficients();
      case "linear" -> LinearRegressionModel.load(path).coefficients();
      default -> LinearSVCModel.load(path).coefficients();
    };
  }

  private static double intercept(String problem, String path) {
    return switch (problem) {
      case "logistic" -> LogisticRegressionModel.load(path).intercept();
      case "linear" -> LinearRegressionModel.load(path).intercept();
      default -> LinearSVCModel.load(path).intercept();
    };
  }

  private static RunSettings settings() {
    return new RunSettings(
        1,
        2,
        50,
        StepSize.constant(0.1),
        new AdaGrad(),
        null,
        1,
        Stragglers.none(),
        Duration.ofSeconds(30),
        10);
  }

  private static TrainingRun train(LinearModel model, TrainingData data, AsyncSettings settings) {
    return new AsyncTrainer()
        .train(new Objective(model, 1e-3), data, settings, ProgressListener.SILENT);
  }
}
