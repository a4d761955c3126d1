package dev.triptych.ml.summary;

import dev.triptych.core.training.TrainingRun;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationTrainingSummaryImpl;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** MLlib's summary of a multilayer perceptron, with the run. */
public final class MultilayerPerceptronRunSummary
    extends MultilayerPerceptronClassificationTrainingSummaryImpl implements RunSummary {
  // Models travel to executors with their summaries.
  private final transient TrainingRun run;

  /** Columns as MLlib's summaries take them. */
  public MultilayerPerceptronRunSummary(
      Dataset<Row> predictions,
      String predictionCol,
      String labelCol,
      String weightCol,
      TrainingRun run) {
    super(predictions, predictionCol, labelCol, weightCol, RunSummary.objectiveHistory(run));
    this.run = run;
  }

  /** Iterations of L-BFGS, or updates of the weights; the history may have fewer points. */
  @Override
  public int totalIterations() {
    return (int) Math.min(Integer.MAX_VALUE, run.updates());
  }

  @Override
  public TrainingRun run() {
    return run;
  }
}
