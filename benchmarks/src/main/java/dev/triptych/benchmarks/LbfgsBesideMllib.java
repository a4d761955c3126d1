package dev.triptych.benchmarks;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.datasets.SyntheticSpec;
import dev.triptych.peer.MllibRows;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.Partition;
import dev.triptych.spark.data.Scale;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.sync.Aggregation;
import dev.triptych.sync.SyncSettings;
import dev.triptych.sync.SyncTrainer;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Seconds per iteration of L-BFGS beside MLlib's LogisticRegression: one session, the same data
 * (cached), the same objective (intercept, no standardisation, λ = 1e-4), by turns. A fit's seconds
 * divided by its iterations, statistics and all, with {@code --aggregation all-reduce} and {@code
 * tree}, and then what one more iteration costs: the difference between a long and a short fit.
 * Also one plain pass over the same blocks, as a limit.
 *
 * <p>{@code bin/benchmark lbfgsBesideMllib [sparse|dense [FITS [ROWS]]]}; few rows show what an
 * iteration costs apart from the pass
 */
public final class LbfgsBesideMllib {
  private static final int ROWS = 200_000;
  private static final int WORKERS = 2;
  private static final double LAMBDA = 1e-4;
  private static final int ITERATIONS = 20;
  private static final int FEW_ITERATIONS = 5;

  private final TrainingData data;
  private final Objective objective;
  private final Dataset<Row> rows;

  private LbfgsBesideMllib(TrainingData data) {
    this.data = data;
    this.objective =
        new Objective(new LinearModel(new LogisticLoss(), data.numFeatures(), true), LAMBDA);
    this.rows = MllibRows.of(data, true).persist(StorageLevel.MEMORY_ONLY());
    rows.count();
  }

  public static void main(String[] args) throws IOException {
    String which = args.length > 0 ? args[0] : "sparse";
    int fits = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    int numRows = args.length > 2 ? Integer.parseInt(args[2]) : ROWS;
    try (SparkSession spark = session()) {
      String spec =
          which.equals("dense")
              ? "synthetic:gaussian,rows=%d,features=500,classes=2".formatted(numRows)
              : "synthetic:clicklog,rows=%d,features=100000,nonzeros=50".formatted(numRows);
      new LbfgsBesideMllib(load(spark, SyntheticSpec.parse(spec))).race(spec, fits);
    }
  }

  private void race(String spec, int fits) {
    ours(ITERATIONS);
    ours(ITERATIONS, Aggregation.TREE);
    mllib(ITERATIONS);
    Fit[] ours = new Fit[fits];
    double[] trees = new double[fits];
    Fit[] mllib = new Fit[fits];
    Fit[] oursFew = new Fit[fits];
    Fit[] mllibFew = new Fit[fits];
    double[] passes = new double[fits];
    for (int i = 0; i < fits; i++) {
      mllib[i] = mllib(ITERATIONS);
      ours[i] = ours(ITERATIONS);
      mllibFew[i] = mllib(FEW_ITERATIONS);
      oursFew[i] = ours(FEW_ITERATIONS);
      Fit tree = ours(ITERATIONS, Aggregation.TREE);
      trees[i] = tree.seconds / tree.iterations;
      passes[i] = pass();
      print(
          "MLlib %.3f s, %d iterations, F = %.8f; L-BFGS %.3f s, %d iterations, F = %.8f%n",
          mllib[i].seconds,
          mllib[i].iterations,
          mllib[i].objective,
          ours[i].seconds,
          ours[i].iterations,
          ours[i].objective);
    }
    double perIteration = median(ours, fit -> fit.seconds / fit.iterations);
    double mllibPerIteration = median(mllib, fit -> fit.seconds / fit.iterations);
    print(
        "%s: seconds per iteration of whole fits, medians of %d: MLlib %.4f, L-BFGS %.4f, ratio %.3f%n",
        spec, fits, mllibPerIteration, perIteration, perIteration / mllibPerIteration);
    print(
        "with --aggregation tree: %.4f, ratio %.3f%n",
        median(trees), median(trees) / mllibPerIteration);
    double further = further(ours, oursFew);
    double mllibFurther = further(mllib, mllibFew);
    print(
        "one more iteration: MLlib %.4f, L-BFGS %.4f, ratio %.3f; a plain pass on two threads %.4f%n",
        mllibFurther, further, further / mllibFurther, median(passes));
  }

  private record Fit(double seconds, int iterations, double objective) {}

  private Fit ours(int iterations) {
    return ours(iterations, Aggregation.ALL_REDUCE);
  }

  private Fit ours(int iterations, Aggregation aggregation) {
    RunSettings run =
        new RunSettings(
            WORKERS,
            iterations,
            0,
            StepSize.constant(1),
            new Sgd(),
            null,
            1,
            Stragglers.none(),
            Duration.ofSeconds(60),
            4);
    TrainingRun fit =
        new SyncTrainer()
            .train(
                objective,
                data,
                new SyncSettings(run, SyncSettings.Algorithm.LBFGS, 0).with(aggregation),
                ProgressListener.SILENT);
    return new Fit(fit.trainSeconds(), (int) fit.updates(), fit.finalObjective());
  }

  private Fit mllib(int iterations) {
    LogisticRegression estimator =
        new LogisticRegression()
            .setRegParam(LAMBDA)
            .setStandardization(false)
            .setTol(0)
            .setMaxIter(iterations);
    long start = System.nanoTime();
    LogisticRegressionModel model = estimator.fit(rows);
    double seconds = (System.nanoTime() - start) / 1e9;
    double[] history = model.summary().objectiveHistory();
    return new Fit(seconds, history.length - 1, history[history.length - 1]);
  }

  /** Loss and gradient of every block, without driver, weights of zero. */
  private double pass() {
    double[] weights = new double[objective.model().numParameters()];
    Objective f = objective;
    long start = System.nanoTime();
    data.blocks()
        .foreach(
            (ExampleBlock block) ->
                f.model().addLossGradient(block, weights.clone(), 1, new double[weights.length]));
    return (System.nanoTime() - start) / 1e9;
  }

  private static double further(Fit[] many, Fit[] few) {
    double[] each = new double[many.length];
    for (int i = 0; i < each.length; i++) {
      each[i] = (many[i].seconds - few[i].seconds) / (many[i].iterations - few[i].iterations);
    }
    return median(each);
  }

  private static double median(Fit[] fits, java.util.function.ToDoubleFunction<Fit> of) {
    return median(Arrays.stream(fits).mapToDouble(of).toArray());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static TrainingData load(SparkSession spark, SyntheticSpec spec) {
    return DataLoader.generate(
        JavaSparkContext.fromSparkContext(spark.sparkContext()),
        spec.generator(),
        spec.rows(),
        0,
        new LoadOptions(
            WORKERS,
            Partition.IID,
            1,
            null,
            Scale.NONE,
            new LabelRule(LabelKind.BINARY, Map.of()),
            null));
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
