package dev.triptych.benchmarks;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.traffic.Compression;
import dev.triptych.async.traffic.Sparsification;
import dev.triptych.async.traffic.Traffic;
import dev.triptych.async.traffic.ValueFormat;
import dev.triptych.async.train.AsyncSettings;
import dev.triptych.async.train.AsyncTrainer;
import dev.triptych.async.train.Deployment;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.Ftrl;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.datasets.SyntheticSpec;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.TrainingData;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What each way to send less does to the bytes and to the objective, on generated click logs: the
 * same mini-batches in the same order (bsp), so that only the format differs.
 *
 * <p>{@code bin/benchmark TrafficComparison}
 */
public final class TrafficComparison {
  private static final String DATA =
      "synthetic:clicklog,rows=50000,features=100000,nonzeros=30,seed=1";
  private static final int WORKERS = 2;

  private TrafficComparison() {}

  /** No arguments. */
  public static void main(String[] args) {
    SparkConf conf =
        new SparkConf(false)
            .setMaster("local[2]")
            .setAppName("traffic")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      SyntheticSpec spec = SyntheticSpec.parse(DATA);
      TrainingData data =
          DataLoader.generate(
              spark,
              spec.generator(),
              spec.rows(),
              0,
              LoadOptions.of(WORKERS, 1, LabelKind.BINARY));
      Objective objective =
          new Objective(new LinearModel(new LogisticLoss(), data.numFeatures(), true), 1e-5);
      System.out.println(DATA);
      System.out.println(
          "| optimizer | traffic | objective | MB | of plain form | seconds |\n"
              + "|---|---|---|---|---|---|");
      for (Map.Entry<String, Traffic> entry : formats().entrySet()) {
        print(objective, data, new AdaGrad(), entry.getKey(), entry.getValue());
      }
      Optimizer ftrl = new Ftrl(1, 0.5, 0);
      print(objective, data, ftrl, "plain", Traffic.plain());
      print(objective, data, ftrl, "kkt-filter", Traffic.plain().withKktFilter(true));
    }
  }

  private static Map<String, Traffic> formats() {
    Traffic plain = Traffic.plain();
    Map<String, Traffic> formats = new LinkedHashMap<>();
    formats.put("plain", plain);
    formats.put("float32", plain.withValues(ValueFormat.FLOAT32));
    formats.put("int8", plain.withValues(ValueFormat.INT8));
    formats.put("top-k:0.1", plain.withSparsification(Sparsification.topK(0.1)));
    formats.put("top-k:0.01", plain.withSparsification(Sparsification.topK(0.01)));
    formats.put("threshold:1e-3", plain.withSparsification(Sparsification.threshold(1e-3)));
    formats.put(
        "int8, top-k:0.1",
        plain.withValues(ValueFormat.INT8).withSparsification(Sparsification.topK(0.1)));
    formats.put("lz4", plain.withCompression(Compression.LZ4));
    formats.put("zstd", plain.withCompression(Compression.ZSTD));
    formats.put("snappy", plain.withCompression(Compression.SNAPPY));
    formats.put(
        "float32, zstd", plain.withValues(ValueFormat.FLOAT32).withCompression(Compression.ZSTD));
    for (int batches : new int[] {2, 4, 16}) {
      formats.put("push-every " + batches, plain.withPushEvery(batches));
    }
    formats.put(
        "push-every 4, float32, zstd",
        plain.withPushEvery(4).withValues(ValueFormat.FLOAT32).withCompression(Compression.ZSTD));
    return formats;
  }

  private static void print(
      Objective objective, TrainingData data, Optimizer optimizer, String name, Traffic traffic) {
    RunSettings run =
        new RunSettings(
            WORKERS,
            4,
            500,
            StepSize.constant(0.2),
            optimizer,
            null,
            1,
            Stragglers.none(),
            Duration.ofSeconds(60),
            8);
    TrainingRun trained =
        new AsyncTrainer()
            .train(
                objective,
                data,
                AsyncSettings.of(run, 1, Deployment.DRIVER, Consistency.bsp()).withTraffic(traffic),
                ProgressListener.SILENT);
    String words = String.valueOf(trained.settings().get("bytes"));
    long saved = Long.parseLong(words.substring(words.indexOf(',') + 2, words.indexOf(" fewer")));
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.5f | %.1f | %.0f %% | %.2f |%n",
        optimizer.name(),
        name,
        trained.finalObjective(),
        trained.bytesSent() / 1e6,
        100.0 * trained.bytesSent() / (trained.bytesSent() + saved),
        trained.trainSeconds());
  }
}
