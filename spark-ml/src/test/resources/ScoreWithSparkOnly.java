import org.apache.spark.ml.PipelineModel;
import org.apache.spark.sql.SparkSession;

/** Loads a saved pipeline and scores rows, in a JVM without a class of Triptych. */
public final class ScoreWithSparkOnly {
  public static void main(String[] args) {
    try {
      Class.forName("dev.triptych.ml.classification.LogisticRegression");
      throw new IllegalStateException("Triptych is on the class path");
    } catch (ClassNotFoundException e) {
      // As it should be.
    }
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    double sum =
        PipelineModel.load(args[0])
            .transform(spark.read().parquet(args[1]))
            .selectExpr("sum(prediction * (1 + label))")
            .first()
            .getDouble(0);
    System.out.println("sum=" + sum);
    spark.stop();
  }
}
