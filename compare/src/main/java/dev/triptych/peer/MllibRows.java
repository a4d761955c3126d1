package dev.triptych.peer;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.spark.data.TrainingData;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Training data as MLlib's estimators want them: columns label, weight and features. */
public final class MllibRows {
  /** Column of the examples' weights, which have mean 1. */
  static final String WEIGHT = "weight";

  private MllibRows() {}

  /**
   * One row per example, in as many partitions as there are workers.
   *
   * @param binary whether labels are −1 and +1, for which MLlib wants 0 and 1
   */
  public static Dataset<Row> of(TrainingData data, boolean binary) {
    return of(data.blocks(), binary);
  }

  /** One row per example, one partition per partition of blocks. */
  public static Dataset<Row> of(JavaRDD<ExampleBlock> blocks, boolean binary) {
    StructType schema =
        new StructType(
            new StructField[] {
              new StructField("label", DataTypes.DoubleType, false, Metadata.empty()),
              new StructField(WEIGHT, DataTypes.DoubleType, false, Metadata.empty()),
              new StructField("features", SQLDataTypes.VectorType(), false, Metadata.empty())
            });
    JavaRDD<Row> rows =
        blocks.flatMap(
            block -> {
              List<Row> list = new ArrayList<>(block.numRows());
              for (int r = 0; r < block.numRows(); r++) {
                double label = binary ? (block.label(r) > 0 ? 1.0 : 0.0) : block.label(r);
                list.add(RowFactory.create(label, block.weight(r), vector(block, r)));
              }
              return list.iterator();
            });
    return SparkSession.builder().getOrCreate().createDataFrame(rows, schema);
  }

  private static Vector vector(ExampleBlock block, int row) {
    int length = block.rowLength(row);
    int[] indices = new int[length];
    double[] values = new double[length];
    for (int k = 0; k < length; k++) {
      indices[k] = block.columnAt(row, k);
      values[k] = block.valueAt(row, k);
    }
    return block.isDense()
        ? Vectors.dense(values)
        : Vectors.sparse(block.numFeatures(), indices, values);
  }
}
