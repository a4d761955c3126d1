package dev.triptych.ml.summary;

import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What the summary of a model that was trained here knows beyond MLlib's: {@code ((RunSummary)
 * model.summary()).trace()}. Like every summary of MLlib's, it is not saved with the model.
 */
public interface RunSummary {
  /** The run: settings, trace, reason for stopping, and what each worker did. */
  TrainingRun run();

  /**
   * The trace, one row per evaluated snapshot: {@code seconds} on the training clock, {@code
   * epochs}, {@code updates}, {@code objective} (as the estimator minimises it), {@code bytes} sent
   * so far, and {@code consensusDistance} (gossip) and {@code maxStaleness} (async), null where
   * they mean nothing.
   */
  default Dataset<Row> trace() {
    List<Row> rows = new ArrayList<>();
    for (TracePoint point : run().trace()) {
      rows.add(
          RowFactory.create(
              point.seconds(),
              point.epochs(),
              point.updates(),
              point.objective(),
              point.bytes(),
              point.consensusDistance(),
              point.maxStaleness()));
    }
    StructType schema =
        new StructType(
            new StructField[] {
              new StructField("seconds", DataTypes.DoubleType, false, Metadata.empty()),
              new StructField("epochs", DataTypes.DoubleType, false, Metadata.empty()),
              new StructField("updates", DataTypes.LongType, false, Metadata.empty()),
              new StructField("objective", DataTypes.DoubleType, false, Metadata.empty()),
              new StructField("bytes", DataTypes.LongType, false, Metadata.empty()),
              new StructField("consensusDistance", DataTypes.DoubleType, true, Metadata.empty()),
              new StructField("maxStaleness", DataTypes.IntegerType, true, Metadata.empty())
            });
    return SparkSession.active().createDataFrame(rows, schema);
  }

  /** F at every point of the trace, MLlib's {@code objectiveHistory}. */
  static double[] objectiveHistory(TrainingRun run) {
    return run.trace().stream().mapToDouble(TracePoint::objective).toArray();
  }
}
