package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.ml.classification.LogisticRegression;
import dev.triptych.ml.regression.LinearRegression;
import dev.triptych.ml.summary.RunSummary;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModesIT {
  private static final Dataset<Row> TWO = Frames.classes(2000, 2, 6).repartition(2).cache();

  @ParameterizedTest
  @ValueSource(strings = {"sync", "async", "gossip"})
  void everyModeComesNearTheOptimum(String mode) {
    LogisticRegression estimator = new LogisticRegression().setRegParam(0.01).setTol(1e-12);
    double best = last(estimator.fit(TWO).summary().objectiveHistory());
    LogisticRegressionModel model =
        estimator
            .setMode(mode)
            .setSyncAlgorithm("sgd")
            .setNumWorkers(2)
            .setBatchSize(16)
            .setEpochs(10)
            .fit(TWO);
    assertThat(last(model.summary().objectiveHistory())).isCloseTo(best, within(0.05 * best));
    RunSummary summary = (RunSummary) model.summary();
    assertThat(summary.run().mode()).isEqualTo(mode);
    Dataset<Row> trace = summary.trace();
    assertThat(trace.columns())
        .containsExactly(
            "seconds",
            "epochs",
            "updates",
            "objective",
            "bytes",
            "consensusDistance",
            "maxStaleness");
    assertThat(trace.count()).isEqualTo(summary.run().trace().size()).isGreaterThan(4);
    assertThat(trace.filter("consensusDistance is null").count() == 0)
        .isEqualTo(mode.equals("gossip"));
  }

  @Test
  void threeClassesAreLearntByNeighboursAndByServers() {
    Dataset<Row> three = Frames.classes(1500, 3, 7).repartition(2).cache();
    LogisticRegression estimator = new LogisticRegression().setRegParam(0.01);
    double accuracy = estimator.fit(three).summary().accuracy();
    estimator.setNumWorkers(2).setBatchSize(16).setEpochs(10);
    for (String mode : new String[] {"async", "gossip"}) {
      assertThat(estimator.setMode(mode).fit(three).summary().accuracy())
          .as(mode)
          .isGreaterThan(accuracy - 0.02);
    }
  }

  @Test
  void aWarmStartNeedsFewerIterations() {
    LogisticRegression estimator = new LogisticRegression().setRegParam(0.01).setTol(1e-9);
    LogisticRegressionModel cold = estimator.fit(TWO);
    LogisticRegressionModel warm = estimator.setInitialModel(cold).fit(TWO);
    assertThat(cold.summary().totalIterations()).isGreaterThan(4);
    assertThat(warm.summary().totalIterations()).isLessThan(3);
    assertThat(warm.summary().objectiveHistory()[0])
        .isCloseTo(last(cold.summary().objectiveHistory()), within(1e-9));

    Dataset<Row> numbers = Frames.numbers(300, 1, 3);
    LinearRegression linear = new LinearRegression().setMode("async").setEpochs(1);
    LinearRegressionModel start = new LinearRegression().fit(numbers);
    double[] history =
        linear.setInitialModel(start).setStepSize(1e-9).fit(numbers).summary().objectiveHistory();
    assertThat(history[0]).isCloseTo(last(start.summary().objectiveHistory()), within(1e-6));
  }

  @Test
  void anSspRunWithoutItsBoundIsRefused() {
    assertThatThrownBy(
            () -> new LogisticRegression().setMode("async").setConsistency("ssp").fit(TWO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("consistency ssp needs the param staleness");
  }

  private static double last(double[] history) {
    return history[history.length - 1];
  }
}
