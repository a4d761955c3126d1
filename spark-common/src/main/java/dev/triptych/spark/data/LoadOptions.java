package dev.triptych.spark.data;

import dev.triptych.core.data.LabelRule;
import dev.triptych.core.loss.Loss.LabelKind;
import org.jspecify.annotations.Nullable;

/**
 * How files become blocks.
 *
 * @param numWorkers N ≥ 1 blocks
 * @param partition how examples are dealt to the workers
 * @param seed of the shuffle
 * @param numFeatures d; null when the data shows it
 * @param scale of the features
 * @param labels which labels the loss takes
 * @param labelColumn name of the label's column in CSV and Parquet; null for the one called {@code
 *     label}, else (CSV) the first
 */
public record LoadOptions(
    int numWorkers,
    Partition partition,
    long seed,
    @Nullable Integer numFeatures,
    Scale scale,
    LabelRule labels,
    @Nullable String labelColumn) {
  public LoadOptions {
    if (numWorkers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, got " + numWorkers);
    }
    if (numFeatures != null && numFeatures < 1) {
      throw new IllegalArgumentException("features must be at least 1, got " + numFeatures);
    }
  }

  /** Shuffled, not scaled, features as the data shows them. */
  public static LoadOptions of(int numWorkers, long seed, LabelKind labelKind) {
    return new LoadOptions(
        numWorkers, Partition.IID, seed, null, Scale.NONE, LabelRule.of(labelKind), null);
  }

  public LoadOptions withPartition(Partition newPartition) {
    return new LoadOptions(numWorkers, newPartition, seed, numFeatures, scale, labels, labelColumn);
  }

  public LoadOptions withNumFeatures(@Nullable Integer newNumFeatures) {
    return new LoadOptions(numWorkers, partition, seed, newNumFeatures, scale, labels, labelColumn);
  }

  public LoadOptions withScale(Scale newScale) {
    return new LoadOptions(numWorkers, partition, seed, numFeatures, newScale, labels, labelColumn);
  }

  public LoadOptions withLabels(LabelRule newLabels) {
    return new LoadOptions(numWorkers, partition, seed, numFeatures, scale, newLabels, labelColumn);
  }

  public LoadOptions withLabelColumn(@Nullable String newLabelColumn) {
    return new LoadOptions(numWorkers, partition, seed, numFeatures, scale, labels, newLabelColumn);
  }
}
