package dev.triptych.peer;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.Model;
import dev.triptych.spark.model.MllibExport;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How MLlib's evaluators judge final weights on a test set: accuracy, area under the ROC curve, log
 * loss, RMSE, as fits the labels and as far as MLlib has the model. Off the training clock.
 */
public final class MllibEvaluation {
  private MllibEvaluation() {}

  /**
   * The metrics by MLlib's names; none where MLlib has no such model, as for a user's own.
   *
   * @param weights length numParameters
   */
  public static Map<String, Double> of(Model model, double[] weights, JavaRDD<ExampleBlock> test) {
    Optional<org.apache.spark.ml.Model<?>> mllib = MllibExport.of(model, weights);
    if (mllib.isEmpty()) {
      return Map.of();
    }
    LabelKind labels = model.labelKind();
    Dataset<Row> scored =
        mllib.get().transform(MllibRows.of(test, labels == LabelKind.BINARY)).cache();
    try {
      return switch (labels) {
        case BINARY -> binary(scored);
        case CLASS -> classes(scored);
        case REAL, COUNT ->
            Map.of("rmse", new RegressionEvaluator().setMetricName("rmse").evaluate(scored));
      };
    } finally {
      scored.unpersist();
    }
  }

  private static Map<String, Double> binary(Dataset<Row> scored) {
    Map<String, Double> metrics = classes(scored);
    metrics.put(
        "areaUnderROC",
        new BinaryClassificationEvaluator().setMetricName("areaUnderROC").evaluate(scored));
    return metrics;
  }

  /** Without a probability, as a support vector machine gives none, there is no log loss. */
  private static Map<String, Double> classes(Dataset<Row> scored) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    MulticlassClassificationEvaluator evaluator = new MulticlassClassificationEvaluator();
    metrics.put("accuracy", evaluator.setMetricName("accuracy").evaluate(scored));
    if (Arrays.asList(scored.columns()).contains("probability")) {
      metrics.put("logLoss", evaluator.setMetricName("logLoss").evaluate(scored));
    }
    return metrics;
  }
}
