package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.Losses;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.model.Regularizer;
import dev.triptych.datasets.Optimum;
import dev.triptych.report.RunsFile;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.Partition;
import dev.triptych.spark.data.Scale;
import dev.triptych.spark.data.TrainingData;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which problem, on which data. */
final class ProblemOptions {
  @Option(
      names = "--data",
      paramLabel = "NAME|PATH|synthetic:SPEC",
      defaultValue = "synthetic:clicklog",
      description =
          "A catalogue name, a LIBSVM, CSV or Parquet path, or generated data such as"
              + " synthetic:clicklog,rows=20000,features=10000 (default: ${DEFAULT-VALUE}).")
  String data = "synthetic:clicklog";

  @Option(
      names = "--test",
      paramLabel = "NAME:SPLIT|PATH",
      description = "Test set (default: the catalogue set's own or generated, if any).")
  @Nullable String test;

  @Option(
      names = "--problem",
      paramLabel = "NAME",
      defaultValue = "logistic",
      description =
          "logistic, linear, hinge, squared-hinge, smooth-hinge, huber or poisson"
              + " (default: ${DEFAULT-VALUE}).")
  String problem = "logistic";

  @Option(
      names = "--lambda",
      paramLabel = "L",
      defaultValue = "1e-4",
      description = "Weight of the penalty (L/2)|w|^2 (default: ${DEFAULT-VALUE}).")
  double lambda = 1e-4;

  @Option(
      names = "--elastic-net",
      paramLabel = "A",
      defaultValue = "0",
      description =
          "Share of L1 in the penalty L (A |w|_1 + (1-A)/2 |w|^2): 0 ridge, 1 lasso"
              + " (default: ${DEFAULT-VALUE}).")
  double elasticNet;

  @Option(
      names = "--intercept",
      fallbackValue = "true",
      description = "Add an intercept, which is not penalised.")
  boolean intercept;

  @Option(
      names = "--scale",
      paramLabel = "HOW",
      description =
          "none, minmax, standard or a factor such as 1/255 (default: none; the catalogue's for its sets).")
  @Nullable String scale;

  @Option(
      names = "--features",
      paramLabel = "D",
      description = "Number of features, when the file does not show the largest index.")
  @Nullable Integer features;

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      description = "Label column of CSV and Parquet (default: label, else the first of a CSV).")
  @Nullable String labelColumn;

  @Option(
      names = "--partition",
      paramLabel = "HOW",
      defaultValue = "iid",
      description =
          "How examples are dealt to workers: iid, by-label, or dirichlet:ALPHA (shares of the labels"
              + " drawn per worker, the more alike the larger ALPHA) (default: ${DEFAULT-VALUE}).")
  String partition = "iid";

  /** Refuses what can be refused before Spark starts. */
  void check() {
    Choice.of("--problem", problem, Losses.names());
    if (!(lambda >= 0) || Double.isInfinite(lambda)) {
      throw new InvalidInputException("--lambda: expected a number of at least 0, got " + lambda);
    }
    if (!(elasticNet >= 0 && elasticNet <= 1)) {
      throw new InvalidInputException(
          "--elastic-net: expected a number from 0 to 1, got " + elasticNet);
    }
    Integer numFeatures = features;
    if (numFeatures != null && numFeatures < 1) {
      throw new InvalidInputException("--features: expected at least 1, got " + numFeatures);
    }
    if (scale != null) {
      Scale.parse(scale);
    }
    Partition.parse(partition);
  }

  /** Reads, fetches or generates the data and puts the problem together. */
  LoadedProblem load(SparkSession spark, RunOptions run) {
    Loss loss = Losses.byName(problem).orElseThrow();
    NamedData named = NamedData.resolve(data, test);
    String scaling = scale != null ? scale : named.defaultScale();
    LoadOptions options =
        new LoadOptions(
            run.workers,
            Partition.parse(partition),
            run.seed,
            features,
            Scale.parse(scaling),
            new LabelRule(loss.labelKind(), named.labelMap()),
            labelColumn);
    TrainingData loaded = named.load(spark, options);
    Optimum.Intercept how = intercept ? Optimum.Intercept.UNPENALISED : Optimum.Intercept.NONE;
    Double optimum =
        elasticNet == 0 && scaling.equals(named.defaultScale())
            ? named.optimum(problem, lambda, how)
            : null;
    Map<String, String> details = new LinkedHashMap<>();
    details.put("partition", partition);
    details.put("scale", scaling);
    if (elasticNet != 0) {
      details.put("elastic net", String.valueOf(elasticNet));
    }
    return new LoadedProblem(
        new Objective(
            new LinearModel(loss, loaded.numFeatures(), intercept),
            Regularizer.elasticNet(lambda, elasticNet)),
        loaded,
        new RunsFile.Problem(problem, lambda, intercept, run.target, optimum),
        new RunsFile.Data(
            data,
            loaded.numRows(),
            loaded.numFeatures(),
            loaded.numStored(),
            numTestRows(loaded),
            details));
  }

  private static @Nullable Long numTestRows(TrainingData data) {
    var blocks = data.test();
    return blocks == null ? null : blocks.map(block -> (long) block.numRows()).reduce(Long::sum);
  }
}
