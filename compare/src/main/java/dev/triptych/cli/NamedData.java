package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.Suggestion;
import dev.triptych.datasets.Catalogue;
import dev.triptych.datasets.Dataset;
import dev.triptych.datasets.Fetch;
import dev.triptych.datasets.Optimum;
import dev.triptych.datasets.SyntheticSpec;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.DataSource;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.TrainingData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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
      return new Generated(SyntheticSpec.parse(data));
    }
    Optional<Dataset> known = Catalogue.load().find(data);
    if (known.isPresent() && !Files.exists(Path.of(data))) {
      return Catalogued.fetch(known.get(), test);
    }
    if (known.isEmpty() && looksLikeAName(data) && !Files.exists(Path.of(data))) {
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
   * The files of ratings: a catalogue set, fetched, or a path.
   *
   * @throws InvalidInputException if nothing is called so, it cannot be had, or it has no ratings
   */
  static DataSource ratings(String data) {
    Optional<Dataset> known = Catalogue.load().find(data);
    if (known.isPresent() && !Files.exists(Path.of(data))) {
      if (known.get().task() != Dataset.Task.RECOMMENDATION) {
        throw new InvalidInputException(
            "--problem mf: --data " + data + " has no ratings; expected ml_latest_small or a CSV");
      }
      Fetch fetch = Fetch.fromEnvironment(System.getenv(), null);
      return DataSource.of(fetch.fetch(known.get(), "all").path().toString());
    }
    return DataSource.of(data);
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
    @Override
    public TrainingData load(SparkSession spark, LoadOptions options) {
      return DataLoader.generate(
          JavaSparkContext.fromSparkContext(spark.sparkContext()),
          spec.generator(),
          spec.rows(),
          spec.testRows(),
          options);
    }
  }

  /** A set of the catalogue, fetched. */
  record Catalogued(Dataset dataset, Fetch.Fetched train, @Nullable DataSource testSource)
      implements NamedData {

    static Catalogued fetch(Dataset dataset, @Nullable String test) {
      if (dataset.task() == Dataset.Task.RECOMMENDATION) {
        throw new InvalidInputException(
            "--data " + dataset.name() + ": ratings are trained with --problem mf");
      }
      Fetch fetch = Fetch.fromEnvironment(System.getenv(), null);
      Fetch.Fetched train = fetch.fetch(dataset, "train");
      DataSource testSource = null;
      if (test != null) {
        testSource = TestSource.of(test);
      } else if (dataset.file("test").isPresent()) {
        testSource = testIfThere(fetch, dataset);
      }
      return new Catalogued(dataset, train, testSource);
    }

    /**
     * A test set that nobody asked for may be missing; whoever names one with --test hears why it
     * is.
     */
    private static @Nullable DataSource testIfThere(Fetch fetch, Dataset dataset) {
      try {
        return DataSource.of(fetch.fetch(dataset, "test").path().toString());
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
          return DataSource.of(
              Fetch.fromEnvironment(System.getenv(), null)
                  .fetch(dataset.get(), test.substring(colon + 1))
                  .path()
                  .toString());
        }
      }
      return DataSource.of(test);
    }
  }
}
