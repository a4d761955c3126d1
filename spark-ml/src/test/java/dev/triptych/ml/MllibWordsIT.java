package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.triptych.ml.classification.LinearSVC;
import dev.triptych.ml.classification.LogisticRegression;
import dev.triptych.ml.regression.LinearRegression;
import java.util.function.Consumer;
import org.apache.spark.ml.Predictor;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

/** What is wrong is told as MLlib tells it, and odd data sets give what they give there. */
class MllibWordsIT {
  private static final Dataset<Row> DATA = Frames.classes(60, 2, 8).cache();

  @Test
  void wrongColumnsLabelsAndWeightsAreToldAlike() {
    assertSameFailure(lr -> lr.setFeaturesCol("nothing"), DATA);
    assertSameFailure(lr -> lr.setFeaturesCol("label"), DATA);
    assertSameFailure(lr -> {}, DATA.withColumn("label", functions.lit("a")));
    assertSameFailure(lr -> {}, DATA.withColumn("label", functions.lit(-1.0)));
    assertSameFailure(lr -> {}, DATA.withColumn("label", functions.lit(0.5)));
    assertSameFailure(
        lr -> lr.setWeightCol("weight"), DATA.withColumn("weight", functions.lit(-1.0)));
    assertSameFailure(lr -> {}, DATA.limit(0));
    assertSameFailure(lr -> lr.setThresholds(new double[] {0.1, 0.2, 0.7}), DATA);
    assertSameFailure(lr -> lr.setFamily("binomial"), Frames.classes(60, 3, 8));
    assertSameFailure(lr -> lr.setRegParam(-1), DATA);
    assertSameFailure(lr -> lr.setElasticNetParam(1.5), DATA);
  }

  private static void assertSameFailure(
      Consumer<org.apache.spark.ml.classification.LogisticRegression> change, Dataset<Row> data) {
    String theirs =
        failure(new org.apache.spark.ml.classification.LogisticRegression("uid"), change, data);
    assertThat(failure(new LogisticRegression("uid"), change, data)).isEqualTo(theirs);
  }

  /** The innermost reason, without where it happened. */
  private static String failure(
      org.apache.spark.ml.classification.LogisticRegression estimator,
      Consumer<org.apache.spark.ml.classification.LogisticRegression> change,
      Dataset<Row> data) {
    Throwable thrown =
        catchThrowable(
            () -> {
              change.accept(estimator);
              estimator.fit(data);
            });
    assertThat(thrown).isNotNull();
    while (thrown.getCause() != null) {
      thrown = thrown.getCause();
    }
    return thrown.getClass().getName() + ": " + thrown.getMessage().lines().findFirst().orElse("");
  }

  @Test
  void paramsOfTheModeAreValidatedInTheSameWords() {
    assertThat(catchThrowable(() -> new LinearSVC("uid").setMode("parallel")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("uid parameter mode given invalid value parallel.");
    assertThat(catchThrowable(() -> new LinearRegression("uid").setNumWorkers(0)))
        .hasMessageContaining("uid parameter numWorkers given invalid value 0.");
  }

  @Test
  void oneLabelGivesWhatMllibGives() {
    for (double label : new double[] {0, 1}) {
      Dataset<Row> same = DATA.withColumn("label", functions.lit(label));
      LogisticRegressionModel theirs =
          new org.apache.spark.ml.classification.LogisticRegression().fit(same);
      LogisticRegressionModel ours = new LogisticRegression().fit(same);
      assertThat(ours.coefficients()).isEqualTo(theirs.coefficients());
      assertThat(ours.intercept()).isEqualTo(theirs.intercept());
      assertThat(ours.numClasses()).isEqualTo(theirs.numClasses());
    }
    Dataset<Row> flat = DATA.withColumn("label", functions.lit(2.5));
    var ours = new LinearRegression().fit(flat);
    var theirs = new org.apache.spark.ml.regression.LinearRegression().fit(flat);
    assertThat(ours.coefficients()).isEqualTo(theirs.coefficients());
    assertThat(ours.intercept()).isEqualTo(theirs.intercept());
  }

  @Test
  void copiesHaveTheParamsOfTheOriginalAndOfTheMap() {
    LogisticRegression original = new LogisticRegression().setMode("gossip").setRegParam(0.5);
    LogisticRegression copy = original.copy(new ParamMap().put(original.epochs().w(3.0)));
    assertThat(copy.uid()).isEqualTo(original.uid());
    assertThat(copy.getMode()).isEqualTo("gossip");
    assertThat(copy.getRegParam()).isEqualTo(0.5);
    assertThat(copy.getEpochs()).isEqualTo(3);
    assertThat(original.getEpochs()).isEqualTo(10);
  }

  @Test
  void everyParamOfMllibsHasMllibsDefault() {
    assertDefaults(
        new LogisticRegression("u"),
        new org.apache.spark.ml.classification.LogisticRegression("u"));
    assertDefaults(new LinearSVC("u"), new org.apache.spark.ml.classification.LinearSVC("u"));
    assertDefaults(
        new LinearRegression("u"), new org.apache.spark.ml.regression.LinearRegression("u"));
  }

  private static void assertDefaults(Predictor<?, ?, ?> ours, Predictor<?, ?, ?> theirs) {
    for (var param : theirs.params()) {
      assertThat(ours.hasParam(param.name())).as(param.name()).isTrue();
      assertThat(ours.getDefault(ours.getParam(param.name())))
          .as(param.name())
          .isEqualTo(theirs.getDefault(theirs.getParam(param.name())));
    }
  }
}
