import dev.triptych.ml.classification.LogisticRegression
import dev.triptych.ml.summary.RunSummary
import org.apache.spark.ml.{Pipeline, PipelineModel}
import org.apache.spark.ml.classification.LogisticRegressionModel
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator
import org.apache.spark.ml.feature.StandardScaler
import org.apache.spark.sql.DataFrame

/** A pipeline whose last stage is trained by gossip among neighbours. */
object ScalaPipelineExample {

  /** Trains, saves the model for plain Spark, and returns its area under the ROC curve. */
  def run(training: DataFrame, test: DataFrame, path: String): Double = {
    val logistic = new LogisticRegression()
      .setFeaturesCol("scaled")
      .setRegParam(0.01)
      .setMode("gossip")
      .setNumWorkers(2)
      .setTopology("complete")
      .setEpochs(5)
    val scaler = new StandardScaler().setInputCol("features").setOutputCol("scaled")
    val model: PipelineModel = new Pipeline().setStages(Array(scaler, logistic)).fit(training)
    model.stages.last match {
      case trained: LogisticRegressionModel =>
        trained.summary match {
          case summary: RunSummary => summary.trace().select("seconds", "objective").show()
          case _ =>
        }
    }
    model.write.overwrite().save(path)
    new BinaryClassificationEvaluator().evaluate(model.transform(test))
  }
}
