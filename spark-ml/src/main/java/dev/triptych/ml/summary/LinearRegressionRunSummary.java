package dev.triptych.ml.summary;

import dev.triptych.core.training.TrainingRun;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.ml.regression.LinearRegressionTrainingSummary;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * MLlib's summary of a linear regression, with the run. Standard errors, t and p values are not
 * there, as in MLlib without the normal equations.
 */
public final class LinearRegressionRunSummary extends LinearRegressionTrainingSummary
    implements RunSummary {
  // Models travel to executors with their summaries.
  private final transient TrainingRun run;

  /** Columns as MLlib's summaries take them. */
  public LinearRegressionRunSummary(
      Dataset<Row> predictions,
      String predictionCol,
      String labelCol,
      String featuresCol,
      LinearRegressionModel model,
      TrainingRun run) {
    super(
        predictions,
        predictionCol,
        labelCol,
        featuresCol,
        model,
        new double[] {0},
        RunSummary.objectiveHistory(run));
    this.run = run;
  }

  @Override
  public TrainingRun run() {
    return run;
  }
}
