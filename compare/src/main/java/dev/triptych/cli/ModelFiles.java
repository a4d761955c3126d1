package dev.triptych.cli;

import dev.triptych.async.train.ServedWeights;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.MatrixFactorization;
import dev.triptych.core.model.Model;
import dev.triptych.spark.data.Ratings;
import dev.triptych.spark.model.MllibExport;
import dev.triptych.spark.model.MllibModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.ml.linalg.SparseMatrix;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Saves trained weights as MLlib's own models, so that plain Spark serves them. */
final class ModelFiles {
  private ModelFiles() {}

  /**
   * Writes weights to {@code path} (any Hadoop path); replaces what is there. A user's own model,
   * which MLlib does not have, is written as a Parquet table of its weights that are not zero.
   */
  static void save(LoadedProblem problem, double[] weights, String path) throws IOException {
    Model model = problem.objective().model();
    Ratings ratings = problem.ratings();
    if (ratings != null) {
      MllibExport.als(
              (MatrixFactorization) model,
              weights,
              ratings.users(),
              ratings.items(),
              SparkSession.active())
          .write()
          .overwrite()
          .save(path);
      return;
    }
    Optional<org.apache.spark.ml.Model<?>> mllib = MllibExport.of(model, weights);
    if (mllib.isPresent()) {
      ((MLWritable) mllib.get()).write().overwrite().save(path);
    } else {
      table(weights).write().mode(SaveMode.Overwrite).parquet(path);
    }
  }

  private static Dataset<Row> table(double[] weights) {
    List<Row> rows = new ArrayList<>();
    for (int j = 0; j < weights.length; j++) {
      if (weights[j] != 0) {
        rows.add(RowFactory.create(j, weights[j]));
      }
    }
    return SparkSession.active()
        .createDataFrame(
            rows,
            new StructType()
                .add("parameter", DataTypes.IntegerType, false)
                .add("weight", DataTypes.DoubleType, false));
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
    ((MLWritable) MllibModels.of(tiny, new double[tiny.numParameters()]))
        .write()
        .overwrite()
        .save(path);
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
