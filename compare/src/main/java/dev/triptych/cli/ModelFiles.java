package dev.triptych.cli;

import dev.triptych.async.train.ServedWeights;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Model;
import dev.triptych.spark.model.MllibModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.ml.linalg.SparseMatrix;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** Saves trained weights as MLlib's own models, so that plain Spark serves them. */
final class ModelFiles {
  private ModelFiles() {}

  /** Writes weights to {@code path} (any Hadoop path); replaces what is there. */
  static void save(Model model, double[] weights, String path) throws IOException {
    MLWritable mllibModel = (MLWritable) MllibModels.of((LinearModel) model, weights);
    mllibModel.write().overwrite().save(path);
  }

  /** Where a run's model goes among the results, as a URI. */
  static String folder(Path out, String run) {
    return out.resolve("weights").resolve(run).toAbsolutePath().toUri().toString();
  }

  /**
   * The same for weights that are on servers: an executor reads them there and writes the model's
   * one row, as a sparse vector. The driver writes the metadata, and never sees the weights.
   */
  static void save(Model model, ServedWeights weights, String path) throws IOException {
    LinearModel tiny = ((LinearModel) model).withNumFeatures(1);
    save(tiny, new double[tiny.numParameters()], path);
    SparkSession spark = SparkSession.active();
    String data = path + "/data";
    Row like = spark.read().parquet(data).first();
    JavaRDD<Row> row =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(List.of(like), 1)
            .map(new FilledIn(weights, model.numFeatures()));
    spark.createDataFrame(row, like.schema()).write().mode(SaveMode.Overwrite).parquet(data);
  }

  /** The row that holds a tiny model of the same kind, with the served weights in its place. */
  private record FilledIn(ServedWeights served, int numFeatures) implements Function<Row, Row> {
    @Override
    public Row call(Row tiny) throws InterruptedException {
      ServedWeights.NonZeros weights = served.read();
      int place = Arrays.binarySearch(weights.indices(), numFeatures);
      boolean intercept = place >= 0;
      int stored = intercept ? place : -place - 1;
      int[] indices = Arrays.copyOf(weights.indices(), stored);
      double[] values = Arrays.copyOf(weights.values(), stored);
      double offset = intercept ? weights.values()[stored] : 0;
      Object[] fields = new Object[tiny.size()];
      for (int f = 0; f < fields.length; f++) {
        fields[f] =
            switch (tiny.schema().fields()[f].name()) {
              case "numFeatures" -> numFeatures;
              case "coefficients" -> Vectors.sparse(numFeatures, indices, values);
              case "coefficientMatrix" ->
                  new SparseMatrix(
                      1, numFeatures, new int[] {0, indices.length}, indices, values, true);
              case "intercept" -> offset;
              case "interceptVector" -> Vectors.dense(offset);
              default -> tiny.get(f);
            };
      }
      return RowFactory.create(fields);
    }
  }
}
