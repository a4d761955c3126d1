package dev.triptych.benchmarks;

import dev.triptych.core.data.LabelRule;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.MultilayerPerceptron;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.peer.MllibRows;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.DataSource;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.Partition;
import dev.triptych.spark.data.Scale;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.sync.SyncSettings;
import dev.triptych.sync.SyncTrainer;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Seconds per pass of a 784-128-10 network on MNIST beside MLlib's MultilayerPerceptronClassifier:
 * one session, the same rows (cached), full-batch gradient descent in both (MLlib's solver {@code
 * gd}, ours {@code gd}), so that both make the same number of passes and nothing else differs, by
 * turns. An epoch is what one more pass costs: the difference between a long and a short fit.
 *
 * <p>{@code bin/benchmark mlpBesideMllib MNIST_TRAIN_LIBSVM [FITS]}
 */
public final class MlpBesideMllib {
  private static final int[] LAYERS = {784, 128, 10};
  private static final int WORKERS = 2;
  private static final int MANY = 8;
  private static final int FEW = 3;

  private final TrainingData data;
  private final Dataset<Row> rows;

  private MlpBesideMllib(TrainingData data) {
    this.data = data;
    this.rows = MllibRows.of(data, false).persist(StorageLevel.MEMORY_ONLY());
    rows.count();
  }

  public static void main(String[] args) throws IOException {
    int fits = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    try (SparkSession spark = session()) {
      new MlpBesideMllib(
              DataLoader.load(
                  spark,
                  DataSource.of(args[0]),
                  new LoadOptions(
                      WORKERS,
                      Partition.IID,
                      1,
                      LAYERS[0],
                      Scale.parse("1/255"),
                      new LabelRule(LabelKind.CLASS, Map.of()),
                      null)))
          .race(fits);
    }
  }

  private void race(int fits) {
    ours(FEW);
    mllib(FEW);
    double[] ours = new double[fits];
    double[] mllib = new double[fits];
    double[] wholeOurs = new double[fits];
    double[] wholeMllib = new double[fits];
    for (int i = 0; i < fits; i++) {
      wholeMllib[i] = mllib(MANY);
      wholeOurs[i] = ours(MANY);
      mllib[i] = (wholeMllib[i] - mllib(FEW)) / (MANY - FEW);
      ours[i] = (wholeOurs[i] - ours(FEW)) / (MANY - FEW);
      print(
          "%d passes: MLlib %.3f s, ours %.3f s; one more: MLlib %.3f, ours %.3f%n",
          MANY, wholeMllib[i], wholeOurs[i], mllib[i], ours[i]);
    }
    print(
        "%,d rows, medians of %d: an epoch MLlib %.3f s, ours %.3f s, ratio %.3f; whole fits of %d"
            + " passes %.3f, %.3f, ratio %.3f%n",
        data.numRows(),
        fits,
        median(mllib),
        median(ours),
        median(ours) / median(mllib),
        MANY,
        median(wholeMllib),
        median(wholeOurs),
        median(wholeOurs) / median(wholeMllib));
  }

  private double ours(int passes) {
    RunSettings run =
        new RunSettings(
            WORKERS,
            passes,
            0,
            StepSize.constant(0.03),
            new Sgd(),
            null,
            1,
            Stragglers.none(),
            Duration.ofSeconds(60),
            4);
    TrainingRun fit =
        new SyncTrainer()
            .train(
                new Objective(new MultilayerPerceptron(LAYERS), 0),
                data,
                new SyncSettings(run, SyncSettings.Algorithm.GD, 0),
                ProgressListener.SILENT);
    return fit.trainSeconds();
  }

  private double mllib(int passes) {
    MultilayerPerceptronClassifier estimator =
        new MultilayerPerceptronClassifier()
            .setLayers(LAYERS)
            .setSolver("gd")
            .setStepSize(0.03)
            .setTol(0)
            .setSeed(1)
            .setMaxIter(passes);
    long start = System.nanoTime();
    MultilayerPerceptronClassificationModel model = estimator.fit(rows);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (model.weights().size() == 0) {
      throw new IllegalStateException("MLlib trained nothing");
    }
    return seconds;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static SparkSession session() {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    spark.sparkContext().setLogLevel("OFF");
    return spark;
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
