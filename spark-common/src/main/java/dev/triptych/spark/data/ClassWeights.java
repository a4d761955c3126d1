package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * Example weights by class: an example of class k counts c_k, so that F(w) = (1/Σ_i c_{y_i}) Σ_i
 * c_{y_i} ℓ_i(w) + r(w), as with MLlib's {@code weightCol}. Either given, 1 for classes that are
 * not named, or balanced: c_k = n / (K n_k), so that every class has the same share of the loss.
 * The two classes of binary problems are −1 (or 0) and 1. Immutable and thread-safe.
 */
public final class ClassWeights {
  private static final String BALANCED = "balanced";

  private final Map<Double, Double> given;
  private final boolean balanced;
  private final String words;

  private ClassWeights(Map<Double, Double> given, boolean balanced, String words) {
    this.given = given;
    this.balanced = balanced;
    this.words = words;
  }

  /**
   * Reads {@code balanced}, or {@code CLASS=WEIGHT,...} such as {@code 0=1,1=5}.
   *
   * @throws InvalidInputException if it is neither, or such labels are no classes
   */
  public static ClassWeights parse(String text, LabelKind kind) {
    if (kind != LabelKind.BINARY && kind != LabelKind.CLASS) {
      throw new InvalidInputException(
          "--class-weights: the labels of this problem are numbers, it has no classes");
    }
    if (text.equals(BALANCED)) {
      return new ClassWeights(Map.of(), true, text);
    }
    Map<Double, Double> weights = new TreeMap<>();
    for (String part : text.split(",", -1)) {
      String[] pair = part.split("=", -1);
      double label = pair.length == 2 ? number(pair[0]) : Double.NaN;
      double weight = pair.length == 2 ? number(pair[1]) : Double.NaN;
      boolean isClass =
          kind == LabelKind.BINARY
              ? label == 0 || Math.abs(label) == 1
              : label >= 0 && label == Math.rint(label);
      if (!isClass || !(weight > 0 && weight <= Double.MAX_VALUE)) {
        throw new InvalidInputException(
            "--class-weights: expected balanced, or classes with weights above 0 such as 0=1,1=5;"
                + " got \""
                + part
                + "\"");
      }
      double own = kind == LabelKind.BINARY && label == 0 ? -1 : label;
      if (weights.put(own, weight) != null) {
        throw new InvalidInputException("--class-weights: class " + pair[0] + " is named twice");
      }
    }
    return new ClassWeights(weights, false, text);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /**
   * The same examples, persisted, each weight times that of its class, and scaled to a mean of 1;
   * the ones before are let go. The test set stays as it is.
   *
   * @throws InvalidInputException if a class that is named does not occur
   */
  public TrainingData weigh(TrainingData data) {
    Map<Double, Double> sums =
        data.blocks().map(ClassWeights::weightByLabel).treeReduce(ClassWeights::merge);
    for (double label : given.keySet()) {
      if (!sums.containsKey(label)) {
        throw new InvalidInputException(
            String.format(Locale.ROOT, "--class-weights: no example has the label %.0f", label));
      }
    }
    HashMap<Double, Double> factors = new HashMap<>();
    double total = 0;
    for (Map.Entry<Double, Double> label : sums.entrySet()) {
      double factor = balanced ? 1 / label.getValue() : given.getOrDefault(label.getKey(), 1.0);
      factors.put(label.getKey(), factor);
      total += factor * label.getValue();
    }
    double scale = data.numRows() / total;
    factors.replaceAll((label, factor) -> factor * scale);

    JavaRDD<ExampleBlock> weighted =
        data.blocks()
            .map(block -> weigh(block, factors))
            .setName("weighted training set")
            .persist(StorageLevel.MEMORY_AND_DISK());
    Totals totals = weighted.map(Totals::new).treeReduce(Totals::add);
    data.blocks().unpersist(false);
    TrainingData result =
        TrainingData.of(
            weighted,
            data.numFeatures(),
            data.rowsPerWorker(),
            totals.numStored,
            totals.squaredNorms / data.numRows());
    JavaRDD<ExampleBlock> test = data.test();
    return test == null ? result : result.withTest(test);
  }

  private static ExampleBlock weigh(ExampleBlock block, Map<Double, Double> factors) {
    double[] weights = new double[block.numRows()];
    Arrays.setAll(
        weights, r -> block.weight(r) * Objects.requireNonNull(factors.get(block.label(r))));
    return block.withWeights(weights);
  }

  private static HashMap<Double, Double> weightByLabel(ExampleBlock block) {
    HashMap<Double, Double> sums = new HashMap<>();
    for (int r = 0; r < block.numRows(); r++) {
      sums.merge(block.label(r), block.weight(r), Double::sum);
    }
    return sums;
  }

  private static HashMap<Double, Double> merge(
      HashMap<Double, Double> a, HashMap<Double, Double> b) {
    b.forEach((label, sum) -> a.merge(label, sum, Double::sum));
    return a;
  }

  /** As the user said it. */
  @Override
  public String toString() {
    return words;
  }
}
