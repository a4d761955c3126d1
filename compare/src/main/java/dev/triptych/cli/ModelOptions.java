package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.loss.Losses;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.FactorizationMachine;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.MatrixFactorization;
import dev.triptych.core.model.Model;
import dev.triptych.core.model.MultilayerPerceptron;
import dev.triptych.core.model.Softmax;
import dev.triptych.spark.data.Ratings;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.model.UserDefined;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The problem's name and the shape of its model. */
final class ModelOptions {
  private static final String SOFTMAX = "softmax";
  private static final String MACHINE = "fm";
  private static final String MACHINE_REGRESSION = "fm-regression";
  private static final String RATINGS = "mf";
  private static final String NETWORK = "mlp";

  @Option(
      names = "--problem",
      paramLabel = "NAME",
      defaultValue = "logistic",
      description =
          "logistic, linear, hinge, squared-hinge, smooth-hinge, huber, poisson, softmax, fm and"
              + " fm-regression (factorization machine), mf (matrix factorization of ratings), mlp"
              + " (neural network), or class:NAME of a Loss or Model of your own on the class path"
              + " (default: ${DEFAULT-VALUE}).")
  String problem = "logistic";

  @Option(
      names = "--classes",
      paramLabel = "K",
      description = "softmax: number of classes (default: the largest label of the data, plus 1).")
  @Nullable Integer classes;

  @Option(
      names = "--factors",
      paramLabel = "K",
      defaultValue = "10",
      description = "fm, mf: factors of each feature, user and item (default: ${DEFAULT-VALUE}).")
  int factors = 10;

  @Option(
      names = "--init-scale",
      paramLabel = "S",
      defaultValue = "0.05",
      description = "fm, mf: factors start uniformly between -S and S (default: ${DEFAULT-VALUE}).")
  double initScale = 0.05;

  @Option(
      names = "--layers",
      paramLabel = "D,H,..,K",
      description = "mlp: sizes of all layers, from features to classes, such as 784,128,10.")
  @Nullable String layers;

  /** Refuses what can be refused before Spark starts; a user's class is found here. */
  void check() {
    if (!problem.startsWith(UserDefined.PREFIX)) {
      List<String> names = new ArrayList<>(Losses.names());
      names.addAll(List.of(SOFTMAX, MACHINE, MACHINE_REGRESSION, RATINGS, NETWORK));
      Choice.of("--problem", problem, names);
    }
    labelKind();
    Integer numClasses = classes;
    if (numClasses != null && numClasses < 2) {
      throw new InvalidInputException("--classes: expected at least 2, got " + numClasses);
    }
    if (factors < 1) {
      throw new InvalidInputException("--factors: expected at least 1, got " + factors);
    }
    if (!(initScale > 0) || Double.isInfinite(initScale)) {
      throw new InvalidInputException("--init-scale: expected a positive number, got " + initScale);
    }
    if (problem.equals(NETWORK)) {
      sizes();
    }
  }

  /** Whether the data are ratings. */
  boolean isRatings() {
    return problem.equals(RATINGS);
  }

  /** Which labels the problem takes. */
  LabelKind labelKind() {
    return switch (problem) {
      case SOFTMAX, NETWORK -> LabelKind.CLASS;
      case MACHINE -> LabelKind.BINARY;
      case MACHINE_REGRESSION, RATINGS -> LabelKind.REAL;
      default ->
          problem.startsWith(UserDefined.PREFIX)
              ? UserDefined.named(problem).labelKind()
              : loss().labelKind();
    };
  }

  private Loss loss() {
    return Losses.byName(problem).orElseThrow();
  }

  /** The model of ratings. */
  MatrixFactorization model(Ratings ratings) {
    return new MatrixFactorization(
        ratings.users().length, ratings.items().length, factors, true, ratings.mean(), initScale);
  }

  /**
   * The model for data that are loaded.
   *
   * @throws InvalidInputException if they do not fit together
   */
  Model model(TrainingData data, boolean intercept) {
    int numFeatures = data.numFeatures();
    try {
      return switch (problem) {
        case SOFTMAX -> new Softmax(numClasses(data), numFeatures, intercept);
        case MACHINE -> machine(new LogisticLoss(), numFeatures);
        case MACHINE_REGRESSION -> machine(new SquaredLoss(), numFeatures);
        case NETWORK -> network(data);
        default ->
            problem.startsWith(UserDefined.PREFIX)
                ? UserDefined.named(problem).model(numFeatures, intercept)
                : new LinearModel(loss(), numFeatures, intercept);
      };
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("--problem " + problem + ": " + e.getMessage(), e);
    }
  }

  private FactorizationMachine machine(Loss loss, int numFeatures) {
    return new FactorizationMachine(loss, numFeatures, factors, true, true, initScale);
  }

  private MultilayerPerceptron network(TrainingData data) {
    int[] sizes = sizes();
    if (sizes[0] != data.numFeatures()) {
      throw new InvalidInputException(
          "--layers %s: the data has %d features, the first layer %d"
              .formatted(layers, data.numFeatures(), sizes[0]));
    }
    requireClasses("--layers " + layers, data, sizes[sizes.length - 1]);
    return new MultilayerPerceptron(sizes);
  }

  private int[] sizes() {
    String text = layers;
    if (text == null) {
      throw new InvalidInputException(
          "--problem mlp: needs --layers, from features to classes, such as 784,128,10");
    }
    try {
      int[] sizes = Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray();
      if (sizes.length >= 3 && Arrays.stream(sizes).allMatch(size -> size >= 1)) {
        return sizes;
      }
    } catch (NumberFormatException e) {
      // Told below, with the same words as for too few layers.
    }
    throw new InvalidInputException(
        "--layers: expected at least three sizes of at least 1, such as 784,128,10, got \""
            + text
            + "\"");
  }

  private int numClasses(TrainingData data) {
    Integer wanted = classes;
    if (wanted == null) {
      return Math.max(2, largestLabel(data) + 1);
    }
    requireClasses("--classes " + wanted, data, wanted);
    return wanted;
  }

  private static void requireClasses(String option, TrainingData data, int numClasses) {
    int largest = largestLabel(data);
    if (largest >= numClasses) {
      throw new InvalidInputException(
          "%s: the data has a label %d; expected labels from 0 to %d"
              .formatted(option, largest, numClasses - 1));
    }
  }

  private static int largestLabel(TrainingData data) {
    return data.blocks().map(ModelOptions::largestLabel).reduce(Math::max);
  }

  private static int largestLabel(ExampleBlock block) {
    int largest = 0;
    for (int r = 0; r < block.numRows(); r++) {
      largest = Math.max(largest, (int) block.label(r));
    }
    return largest;
  }
}
