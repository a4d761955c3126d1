package dev.triptych.benchmarks;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.datasets.Fetch;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.DataSource;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.TrainingData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The data set that other systems were measured on: 32,561 rows, 123 features, 14 ones in a row.
 * Where there is no copy of it, generated rows of the same shape.
 */
final class A9a {
  static final int FEATURES = 123;
  private static final int ROWS = 32_561;

  private A9a() {}

  /** What {@link #load} loads. */
  static String name() {
    return Files.exists(file()) ? "a9a" : "like a9a (generated)";
  }

  /** One block per worker. */
  static TrainingData load(SparkSession spark, int workers) {
    if (Files.exists(file())) {
      return DataLoader.load(
          spark,
          DataSource.of(file().toString()),
          LoadOptions.of(workers, 1, new LogisticLoss().labelKind()).withNumFeatures(FEATURES));
    }
    List<ExampleBlock> blocks =
        IntStream.range(0, workers).mapToObj(part -> generated(part, ROWS / workers)).toList();
    return DataLoader.fromBlocks(JavaSparkContext.fromSparkContext(spark.sparkContext()), blocks);
  }

  private static Path file() {
    String mirror = System.getenv(Fetch.MIRROR_VARIABLE);
    Path datasets = Path.of(mirror == null || mirror.isBlank() ? "../shared/datasets" : mirror);
    return datasets.resolve("a9a/a9a.train.libsvm.gz");
  }

  private static ExampleBlock generated(int part, int numRows) {
    SplittableRandom random = new SplittableRandom(part);
    BlockBuilder rows = new BlockBuilder(FEATURES);
    double[] ones = new double[14];
    Arrays.fill(ones, 1);
    for (int row = 0; row < numRows; row++) {
      int[] columns = random.ints(0, FEATURES).distinct().limit(14).sorted().toArray();
      int score = Arrays.stream(columns).map(column -> column % 5 == 0 ? 3 : -1).sum();
      rows.addSparse(score + random.nextInt(-4, 5) > 0 ? 1 : -1, columns, ones, 14);
    }
    return rows.build();
  }
}
