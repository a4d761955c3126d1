package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import dev.triptych.core.model.Regularizer;
import dev.triptych.datasets.Optimum;
import dev.triptych.datasets.SyntheticSpec;
import dev.triptych.report.RunsFile;
import dev.triptych.spark.data.ClassWeights;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.Partition;
import dev.triptych.spark.data.Ratings;
import dev.triptych.spark.data.Scale;
import dev.triptych.spark.data.TrainingData;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which problem, on which data. */
final class ProblemOptions {
  /** Of ratings that are held out for testing. */
  private static final double TEST_SHARE = 0.2;

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

  @Mixin ModelOptions model = new ModelOptions();

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
      names = "--class-weights",
      paramLabel = "HOW",
      description =
          "How much examples count by class: balanced (every class has the same share of the loss)"
              + " or weights such as 0=1,1=5 (default: all count the same).")
  @Nullable String classWeights;

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
    model.check();
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
    if (classWeights != null) {
      if (model.isRatings()) {
        throw new InvalidInputException("--class-weights: ratings have no classes");
      }
      ClassWeights.parse(classWeights, model.labelKind());
    }
  }

  /** Reads, fetches or generates the data and puts the problem together. */
  LoadedProblem load(SparkSession spark, RunOptions run) {
    if (model.isRatings()) {
      return loadRatings(spark, run);
    }
    NamedData named = NamedData.resolve(data, test);
    String scaling = scale != null ? scale : named.defaultScale();
    TrainingData read = named.load(spark, options(run, scaling, named.labelMap()));
    TrainingData loaded =
        classWeights == null
            ? read
            : ClassWeights.parse(classWeights, model.labelKind()).weigh(read);
    Optimum.Intercept how = intercept ? Optimum.Intercept.UNPENALISED : Optimum.Intercept.NONE;
    Double optimum =
        elasticNet == 0 && classWeights == null && scaling.equals(named.defaultScale())
            ? named.optimum(model.problem, lambda, how)
            : null;
    return problem(
        model.model(loaded, intercept), loaded, null, run, optimum, Map.of("scale", scaling));
  }

  private LoadedProblem loadRatings(SparkSession spark, RunOptions run) {
    if (test != null) {
      throw new InvalidInputException(
          "--test: of ratings a fifth is held out, drawn by --seed, or test=ROWS are generated; mf"
              + " takes no other test set");
    }
    Ratings ratings = NamedData.ratings(spark, data, options(run, "none", Map.of()), TEST_SHARE);
    return problem(
        model.model(ratings),
        ratings.data(),
        ratings,
        run,
        null,
        Map.of(
            "users", String.valueOf(ratings.users().length),
            "items", String.valueOf(ratings.items().length)));
  }

  private LoadOptions options(RunOptions run, String scaling, Map<Double, Double> labelMap) {
    return new LoadOptions(
        run.workers,
        Partition.parse(partition),
        run.seed,
        features,
        Scale.parse(scaling),
        new LabelRule(model.labelKind(), labelMap),
        labelColumn);
  }

  private LoadedProblem problem(
      Model made,
      TrainingData loaded,
      @Nullable Ratings ratings,
      RunOptions run,
      @Nullable Double optimum,
      Map<String, String> facts) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("partition", partition);
    if (data.startsWith(SyntheticSpec.PREFIX)) {
      details.put("generated", SyntheticSpec.parse(data).text());
    }
    details.putAll(facts);
    if (elasticNet != 0) {
      details.put("elastic net", String.valueOf(elasticNet));
    }
    if (classWeights != null) {
      details.put("class weights", classWeights);
    }
    return new LoadedProblem(
        new Objective(made, Regularizer.elasticNet(lambda, elasticNet)),
        loaded,
        ratings,
        new RunsFile.Problem(model.problem, lambda, intercept, run.target, optimum),
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
