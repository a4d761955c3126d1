package dev.triptych.ml;

import dev.triptych.testing.SparkSessions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Small generated data sets with the columns {@code label}, {@code weight} and {@code features}.
 */
public final class Frames {
  private static final double[] SCALES = {1, 10, 0.1, 3, 0.5, 1};
  private static final double[] SHIFTS = {0, 5, 0.2, 0, -2, 0};

  private Frames() {}

  /** K classes from noisy linear scores; features of unlike scales, the last one never occurs. */
  public static Dataset<Row> classes(int numRows, int numClasses, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < numRows; i++) {
      double[] x = features(random);
      int best = 0;
      double bestScore = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < numClasses; k++) {
        double score = 0.3 * k - 2 * Math.log(-Math.log(random.nextDouble()));
        for (int j = 0; j < x.length; j++) {
          score += Math.sin(1 + 3 * k + 5 * j) * (x[j] - SHIFTS[j]) / SCALES[j];
        }
        if (score > bestScore) {
          best = k;
          bestScore = score;
        }
      }
      rows.add(row(best, random, i, x));
    }
    return frame(rows);
  }

  /**
   * Two classes from a noisy score to which every feature adds as much, so no coefficient is tiny.
   */
  public static Dataset<Row> halves(int numRows, long seed) {
    double[] scales = {1, 3, 0.5, 2};
    double[] shifts = {0, 1, 0.2, -1};
    double[] slopes = {1, -0.8, 0.7, 0.9};
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < numRows; i++) {
      double[] x = new double[scales.length];
      double score = 0.3;
      for (int j = 0; j < x.length; j++) {
        double z = random.nextGaussian();
        score += slopes[j] * z;
        x[j] = shifts[j] + scales[j] * z;
      }
      rows.add(row(score + random.nextGaussian() > 0 ? 1 : 0, random, i, x));
    }
    return frame(rows);
  }

  /** Numbers y = w·x + 3 + noise. */
  public static Dataset<Row> numbers(int numRows, double noise, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < numRows; i++) {
      double[] x = features(random);
      double y = 3 + noise * random.nextGaussian();
      for (int j = 0; j < x.length; j++) {
        y += 4 * Math.sin(1 + 5 * j) * x[j] / SCALES[j];
      }
      rows.add(row(y, random, i, x));
    }
    return frame(rows);
  }

  private static double[] features(Random random) {
    double[] x = new double[SCALES.length];
    for (int j = 0; j < x.length; j++) {
      x[j] = SHIFTS[j] + (j == x.length - 1 ? 0 : SCALES[j] * random.nextGaussian());
    }
    return x;
  }

  /** Every third row sparse. */
  private static Row row(double label, Random random, int i, double[] x) {
    Vector vector = Vectors.dense(x);
    return RowFactory.create(
        label, 0.25 + 2 * random.nextDouble(), i % 3 == 0 ? vector.toSparse() : vector);
  }

  /** In one partition. Checkpointed, lest every task that MLlib starts carry all the rows. */
  private static Dataset<Row> frame(List<Row> rows) {
    return SparkSessions.local2()
        .createDataFrame(
            rows,
            new StructType(
                new StructField[] {
                  new StructField("label", DataTypes.DoubleType, false, Metadata.empty()),
                  new StructField("weight", DataTypes.DoubleType, false, Metadata.empty()),
                  new StructField("features", SQLDataTypes.VectorType(), false, Metadata.empty())
                }))
        .coalesce(1)
        .localCheckpoint();
  }
}
