package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.Suggestion;
import dev.triptych.datasets.Catalogue;
import dev.triptych.datasets.Dataset;
import dev.triptych.datasets.Fetch;
import dev.triptych.datasets.LeastSquares;
import dev.triptych.datasets.Optimum;
import dev.triptych.datasets.SyntheticSpec;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.DataSource;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.Ratings;
import dev.triptych.spark.data.RatingsLoader;
import dev.triptych.spark.data.TrainingData;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --data} and {@code --test} stand for: a catalogue set, files, or generated examples.
 */
interface NamedData {
  /** The data. */
  TrainingData load(SparkSession spark, LoadOptions options);

  /** Labels in the files to labels of the problem; empty when they are the same. */
  default Map<Double, Double> labelMap() {
    return Map.of();
  }

  /** The scaling when the user asks for none. */
  default String defaultScale() {
    return "none";
  }

  /** The known optimum of a problem on this data, or null. */
  default @Nullable Double optimum(String problem, double lambda, Optimum.Intercept intercept) {
    return null;
  }

  /**
   * Finds out what the options mean; fetches catalogue sets that are not there yet.
   *
   * @throws InvalidInputException if nothing is called so, or it cannot be had
   */
  static NamedData resolve(String data, @Nullable String test) {
    if (data.startsWith(SyntheticSpec.PREFIX)) {
      if (test != null) {
        throw new InvalidInputException(
            "--test: generated data brings its own test set; say test=ROWS in the spec");
      }
      SyntheticSpec spec = SyntheticSpec.parse(data);
      if (spec.isRatings()) {
        throw ratingsNeedFactors(data);
      }
      return new Generated(spec);
    }
    Optional<Dataset> known = Catalogue.load().find(data);
    if (known.isPresent() && !isThere(Path.of(data))) {
      return Catalogued.fetch(known.get(), test);
    }
    if (known.isEmpty() && looksLikeAName(data) && !isThere(Path.of(data))) {
      throw new InvalidInputException(
          "--data: no file and no data set is called \""
              + data
              + "\""
              + Suggestion.of(
                  data, Catalogue.load().datasets().stream().map(Dataset::name).toList()));
    }
    return new FromFiles(DataSource.of(data), test == null ? null : TestSource.of(test));
  }

  /**
   * Loads ratings: a catalogue set, fetched, files, or generated ones.
   *
   * @param testShare of the ratings that are held out, where there is no test set
   * @throws InvalidInputException if nothing is called so, it cannot be had, or it has no ratings
   */
  static Ratings ratings(SparkSession spark, String data, LoadOptions options, double testShare) {
    if (data.startsWith(SyntheticSpec.PREFIX)) {
      SyntheticSpec spec = SyntheticSpec.parse(data);
      if (!spec.isRatings()) {
        throw noRatings(data);
      }
      return RatingsLoader.generate(
          JavaSparkContext.fromSparkContext(spark.sparkContext()),
          spec.generator(),
          spec.rows(),
          spec.testRows(),
          options);
    }
    Optional<Dataset> known = Catalogue.load().find(data);
    if (known.isEmpty() || isThere(Path.of(data))) {
      return RatingsLoader.load(spark, DataSource.of(data), options, testShare);
    }
    if (known.get().task() != Dataset.Task.RECOMMENDATION) {
      throw noRatings(data);
    }
    DataSource source = DataSource.of(fetched(known.get(), "all").path().toString());
    return RatingsLoader.load(spark, source, options, testShare);
  }

  private static InvalidInputException ratingsNeedFactors(String data) {
    return new InvalidInputException("--data " + data + ": ratings are trained with --problem mf");
  }

  private static InvalidInputException noRatings(String data) {
    return new InvalidInputException(
        "--problem mf: --data "
            + data
            + " has no ratings; expected ml_latest_small, synthetic:ratings or a CSV");
  }

  /** From the local folder, else downloaded, telling standard error how far it is. */
  private static Fetch.Fetched fetched(Dataset dataset, String split) {
    return FetchProgress.fetch(
        Fetch.fromEnvironment(System.getenv(), null),
        dataset,
        split,
        new PrintWriter(System.err, true));
  }

  /** Whether a user's own data is there. An empty folder, such as a new --out, hides no set. */
  static boolean isThere(Path path) {
    if (!Files.isDirectory(path)) {
      return Files.exists(path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries.findAny().isPresent();
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean looksLikeAName(String data) {
    return data.matches("[A-Za-z0-9_-]+");
  }

  /** Files of the user. */
  record FromFiles(DataSource source, @Nullable DataSource testSource) implements NamedData {
    @Override
    public TrainingData load(SparkSession spark, LoadOptions options) {
      return DataLoader.load(spark, source, testSource, options);
    }
  }

  /** Generated on the fly. */
  record Generated(SyntheticSpec spec) implements NamedData {
    private static final double MAX_MULTIPLICATIONS = 1e9;

    @Override
    public TrainingData load(SparkSession spark, LoadOptions options) {
      return DataLoader.generate(
          JavaSparkContext.fromSparkContext(spark.sparkContext()),
          spec.generator(),
          spec.rows(),
          spec.testRows(),
          options);
    }

    /** Least squares of dense generated data is solved exactly, where that is quick. */
    @Override
    public @Nullable Double optimum(String problem, double lambda, Optimum.Intercept intercept) {
      if (spec.kind() != SyntheticSpec.Kind.GAUSSIAN
          || !problem.equals("linear")
          || intercept != Optimum.Intercept.NONE) {
        return null;
      }
      double features = spec.whole("features");
      if (features > spec.rows() || spec.rows() * features * features > MAX_MULTIPLICATIONS) {
        return null;
      }
      try {
        return LeastSquares.solve(spec.generator(), spec.rows(), lambda).objective();
      } catch (IllegalArgumentException e) {
        return null; // singular, or nearly so: there is not one optimum
      }
    }
  }

  /** A set of the catalogue, fetched. */
  record Catalogued(Dataset dataset, Fetch.Fetched train, @Nullable DataSource testSource)
      implements NamedData {

    static Catalogued fetch(Dataset dataset, @Nullable String test) {
      if (dataset.task() == Dataset.Task.RECOMMENDATION) {
        throw ratingsNeedFactors(dataset.name());
      }
      Fetch.Fetched train = fetched(dataset, "train");
      DataSource testSource = null;
      if (test != null) {
        testSource = TestSource.of(test);
      } else if (dataset.file("test").isPresent()) {
        testSource = testIfThere(dataset);
      }
      return new Catalogued(dataset, train, testSource);
    }

    /**
     * A test set that nobody asked for may be missing; whoever names one with --test hears why it
     * is.
     */
    private static @Nullable DataSource testIfThere(Dataset dataset) {
      try {
        return DataSource.of(fetched(dataset, "test").path().toString());
      } catch (InvalidInputException e) {
        System.err.println("triptych: training without a test set: " + e.getMessage());
        return null;
      }
    }

    @Override
    public TrainingData load(SparkSession spark, LoadOptions options) {
      LoadOptions withFeatures =
          options.numFeatures() == null ? options.withNumFeatures(dataset.features()) : options;
      return DataLoader.load(
          spark, DataSource.of(train.path().toString()), testSource, withFeatures);
    }

    @Override
    public Map<Double, Double> labelMap() {
      return train.labelMap();
    }

    @Override
    public String defaultScale() {
      String scale = dataset.scale();
      return scale == null ? "none" : scale;
    }

    @Override
    public @Nullable Double optimum(String problem, double lambda, Optimum.Intercept intercept) {
      return dataset.optimum(problem, lambda, intercept).map(Optimum::objective).orElse(null);
    }
  }

  /** The test set's files: a path, or a split of a catalogue set such as {@code a9a:test}. */
  final class TestSource {
    private TestSource() {}

    static DataSource of(String test) {
      int colon = test.lastIndexOf(':');
      if (colon > 0) {
        Optional<Dataset> dataset = Catalogue.load().find(test.substring(0, colon));
        if (dataset.isPresent()) {
          return DataSource.of(fetched(dataset.get(), test.substring(colon + 1)).path().toString());
        }
      }
      return DataSource.of(test);
    }
  }
}
