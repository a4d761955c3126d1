package dev.triptych.benchmarks;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.sync.Aggregation;
import dev.triptych.sync.SyncSettings;
import dev.triptych.sync.SyncTrainer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Milliseconds of a synchronous step by the way gradients are summed: two workers, AdaGrad, 1e5,
 * 1e6 and 1e7 weights, in local[2] and between two executor processes. Once a step touches 20,000
 * weights at most (200 rows of 50 features per worker), once every weight of the worker (20 rows
 * that share out the features). Training time over steps, medians of 3 runs after one that is not
 * counted. {@code bin/benchmark Aggregations [local|cluster]}.
 */
public final class Aggregations {
  private static final int WORKERS = 2;
  private static final int ROUNDS = 3;
  private static final int[] FEATURES = {100_000, 1_000_000, 10_000_000};

  private Aggregations() {}

  /** Optionally one place only. */
  public static void main(String[] args) throws Exception {
    if (args.length == 2) {
      measure(args[1]);
      return;
    }
    System.out.println(
        "| where | weights | touched | tree ms | reduce-scatter ms | all-reduce ms |\n"
            + "|---|---|---|---|---|---|");
    for (String where : args.length == 0 ? List.of("local", "cluster") : List.of(args)) {
      fork(where);
    }
  }

  /** Spark reads where it lives from the environment, so each place gets a process. */
  private static void fork(String where) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of(Aggregations.class.getName(), "measure", where));
    Path home = Files.createTempDirectory("triptych-benchmark-spark");
    Files.createDirectory(home.resolve("jars"));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder
        .environment()
        .putAll(
            Map.of(
                "CLASSPATH",
                System.getProperty("java.class.path"),
                "SPARK_HOME",
                home.toString(),
                "SPARK_SCALA_VERSION",
                "2.13",
                "SPARK_LOCAL_IP",
                "127.0.0.1"));
    int status = builder.start().waitFor();
    if (status != 0) {
      throw new IllegalStateException(where + " ended with " + status);
    }
  }

  private static void measure(String where) throws IOException {
    boolean cluster = where.equals("cluster");
    String options =
        String.join(
            " ",
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-Xm"))
                .toList());
    try (SparkSession session =
        SparkSession.builder()
            .master(cluster ? "local-cluster[2,1,4096]" : "local[2]")
            .config("spark.executor.memory", "4g")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.executor.extraJavaOptions", options)
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate()) {
      session.sparkContext().setLogLevel("OFF");
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      for (int features : FEATURES) {
        for (boolean all : new boolean[] {false, true}) {
          measure(spark, cluster ? "two executors" : "local[2]", features, all);
        }
      }
    }
  }

  private static void measure(JavaSparkContext spark, String where, int features, boolean all) {
    int rows = all ? 20 : 200;
    int stored = all ? features / 20 : 50;
    JavaRDD<ExampleBlock> blocks =
        spark
            .parallelize(List.of(0, 1), WORKERS)
            .map(part -> block(part, features, rows, stored, all))
            .persist(StorageLevel.MEMORY_ONLY());
    TrainingData data =
        TrainingData.of(
            blocks, features, new long[] {rows, rows}, (long) WORKERS * rows * stored, stored);
    blocks.count();
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT, "| %s | %.0e | %s |", where, (double) features, all ? "all" : "few"));
    for (Aggregation aggregation : Aggregation.values()) {
      line.append(String.format(Locale.ROOT, " %.1f |", millis(data, features, aggregation)));
    }
    System.out.println(line);
    blocks.unpersist(true);
  }

  private static double millis(TrainingData data, int features, Aggregation aggregation) {
    int steps = features >= 10_000_000 ? 10 : 40;
    RunSettings run =
        new RunSettings(
            WORKERS,
            steps,
            0,
            StepSize.constant(0.01),
            new AdaGrad(),
            null,
            1,
            Stragglers.none(),
            Duration.ofSeconds(60),
            4);
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), features, false), 1e-6);
    SyncSettings settings =
        new SyncSettings(run, SyncSettings.Algorithm.GD).with(aggregation).withoutWeights();
    double[] millis = new double[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      TrainingRun trained =
          new SyncTrainer().train(objective, data, settings, ProgressListener.SILENT);
      if (round >= 0) {
        millis[round] = trained.trainSeconds() * 1e3 / trained.updates();
      }
    }
    Arrays.sort(millis);
    return millis[ROUNDS / 2];
  }

  private static ExampleBlock block(int part, int features, int rows, int stored, boolean all) {
    SplittableRandom random = new SplittableRandom(part);
    double[] labels = new double[rows];
    int[] offsets = new int[rows + 1];
    int[] columns = new int[rows * stored];
    for (int r = 0; r < rows; r++) {
      labels[r] = random.nextBoolean() ? 1 : -1;
      offsets[r + 1] = (r + 1) * stored;
      for (int k = 0; k < stored; k++) {
        int width = features / stored;
        columns[r * stored + k] = k * width + (all ? r : random.nextInt(width));
      }
    }
    return ExampleBlock.sparse(features, labels, offsets, columns, null);
  }
}
