import dev.triptych.ml.classification.LogisticRegression;
import dev.triptych.ml.summary.RunSummary;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A pipeline whose last stage is trained by a parameter server. */
public final class PipelineExample {
  /** Trains, saves the model for plain Spark, and returns its area under the ROC curve. */
  public static double run(Dataset<Row> training, Dataset<Row> test, String path)
      throws java.io.IOException {
    LogisticRegression logistic =
        new LogisticRegression()
            .setFeaturesCol("scaled")
            .setRegParam(0.01)
            .setMode("async")
            .setNumWorkers(2)
            .setConsistency("ssp")
            .setStaleness(2)
            .setEpochs(5);
    StandardScaler scaler = new StandardScaler().setInputCol("features").setOutputCol("scaled");
    PipelineModel model =
        new Pipeline().setStages(new PipelineStage[] {scaler, logistic}).fit(training);
    LogisticRegressionModel trained = (LogisticRegressionModel) model.stages()[1];
    ((RunSummary) trained.summary()).trace().select("seconds", "objective").show();
    model.write().overwrite().save(path);
    return new BinaryClassificationEvaluator().evaluate(model.transform(test));
  }
}
