package dev.triptych.ml.training;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureStatistics;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.ml.util.MetadataUtils$;
import org.apache.spark.sql.types.StructField;
import scala.Option;

/**
 * What a data set shows before training: rows, deviations of the features, labels. Collected block
 * by block and merged. Not thread-safe while blocks are added. A plain final class: it comes back
 * through Spark's serializer.
 */
public final class Facts implements Serializable {
  private static final long serialVersionUID = 1L;

  private final FeatureStatistics features;
  private final Moments labels = new Moments();
  private double[] classWeights = new double[0];
  private final boolean classes;
  private long numRows;

  /**
   * @param classes whether labels are classes 0, 1, …
   */
  Facts(int numFeatures, boolean classes) {
    this.classes = classes;
    features = new FeatureStatistics(numFeatures);
  }

  Facts add(ExampleBlock block) {
    if (block.numFeatures() != features.numFeatures()) {
      throw mismatch(features.numFeatures(), block.numFeatures());
    }
    features.add(block);
    numRows += block.numRows();
    for (int r = 0; r < block.numRows(); r++) {
      double label = block.label(r);
      double weight = block.weight(r);
      labels.add(label, weight);
      if (classes && weight > 0) {
        addClass((int) label, weight);
      }
    }
    return this;
  }

  private void addClass(int index, double weight) {
    if (index >= classWeights.length) {
      classWeights = Arrays.copyOf(classWeights, index + 1);
    }
    classWeights[index] += weight;
  }

  Facts merge(Facts other) {
    if (other.numFeatures() != numFeatures()) {
      throw mismatch(numFeatures(), other.numFeatures());
    }
    features.merge(other.features);
    numRows += other.numRows;
    labels.merge(other.labels);
    int numClasses = Math.max(classWeights.length, other.classWeights.length);
    classWeights = Arrays.copyOf(classWeights, numClasses);
    for (int k = 0; k < other.classWeights.length; k++) {
      classWeights[k] += other.classWeights[k];
    }
    return this;
  }

  /** In MLlib's words. */
  private static IllegalArgumentException mismatch(int expected, int got) {
    return new IllegalArgumentException(
        "requirement failed: Dimensions mismatch when merging with another summarizer. Expecting "
            + expected
            + " but got "
            + got
            + ".");
  }

  /** n. */
  public long numRows() {
    return numRows;
  }

  /** d. */
  public int numFeatures() {
    return features.numFeatures();
  }

  /** Σ of the examples' weights. */
  public double weightSum() {
    return labels.weightSum();
  }

  /** Weighted mean of the labels. */
  public double labelMean() {
    return labels.mean();
  }

  /** Weighted, unbiased standard deviation of the labels. */
  public double labelDeviation() {
    return labels.standardDeviation();
  }

  /** What an unbiased deviation is multiplied with to be one over all weights: √((n − 1)/n). */
  public double populationFactor() {
    return labels.populationFactor();
  }

  /** Σ of the weights of each class k = 0, 1, …, up to the largest one that occurs. */
  public double[] classWeights() {
    return classWeights.clone();
  }

  /**
   * K: as the column's metadata says, else as many as the labels show.
   *
   * @throws IllegalArgumentException if the metadata says fewer, in MLlib's words
   */
  public int numClasses(StructField labelField) {
    Option<Object> declared = MetadataUtils$.MODULE$.getNumClasses(labelField);
    int numClasses = declared.isDefined() ? (int) declared.get() : classWeights.length;
    if (numClasses < classWeights.length) {
      throw new IllegalArgumentException(
          "requirement failed: Specified number of classes "
              + numClasses
              + " was less than the number of unique labels "
              + classWeights.length
              + ".");
    }
    return numClasses;
  }

  /** Weighted, unbiased standard deviation of every feature; 0 for a feature that is constant. */
  public double[] deviations() {
    double[] deviations = new double[numFeatures()];
    for (int j = 0; j < deviations.length; j++) {
      deviations[j] = features.standardDeviation(j);
    }
    return deviations;
  }
}
