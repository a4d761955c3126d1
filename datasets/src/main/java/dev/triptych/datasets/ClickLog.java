package dev.triptych.datasets;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Click logs: a row has one category of each of m fields (site, advertisement, hour, …), drawn by
 * Zipf's law with exponent 1.1 from the field's own share of the features, so that a few features
 * are in most rows and most features are rare. Values are ones. A tenth of the features matters,
 * with standard normal weights times a factor; the click is a Bernoulli draw from the logistic
 * model, whose scores have standard deviation 1.5 and whose offset makes about a quarter of the
 * rows clicks. The data is therefore not separable, and no model is certain. Takes the same small
 * memory for a thousand features and for a hundred million: a weight is drawn anew, from the seed,
 * whenever it is needed.
 */
final class ClickLog implements ExampleGenerator {
  private static final long serialVersionUID = 1L;
  private static final double INFORMATIVE = 0.1;
  private static final double SCORE_DEVIATION = 1.5;
  private static final double CLICK_RATE = 0.25;

  /** Of larger fields only the first ranks' weights are looked at, for the rest the mean stands. */
  private static final int RANKS_LOOKED_AT = 4096;

  private static final long ROW = 1;
  private static final long WEIGHT = 2;

  private final int numFeatures;
  private final int numFields;
  private final long seed;

  private final double weightScale;
  private final double offset;

  ClickLog(int numFeatures, int numFields, long seed) {
    this.numFeatures = numFeatures;
    this.numFields = numFields;
    this.seed = seed;
    double mean = 0;
    double variance = 0;
    for (int field = 0; field < numFields; field++) {
      int start = fieldStart(field);
      int size = fieldStart(field + 1) - start;
      int looked = size <= Zipf.HEAD ? size : RANKS_LOOKED_AT;
      double first = 0;
      double second = 0;
      for (int rank = 0; rank < looked; rank++) {
        double p = Math.pow(rank + 1, -Zipf.EXPONENT) / Zipf.sum(size);
        double w = rawWeight(start + rank);
        first += p * w;
        second += p * w * w;
      }
      if (looked < size) {
        second += INFORMATIVE * (1 - Zipf.sum(looked) / Zipf.sum(size));
      }
      mean += first;
      variance += second - first * first;
    }
    this.weightScale = variance > 0 ? SCORE_DEVIATION / Math.sqrt(variance) : 1;
    double scoreVariance = variance > 0 ? SCORE_DEVIATION * SCORE_DEVIATION : 0;
    // E[sigmoid(N(b, v))] is about sigmoid(b / sqrt(1 + pi v / 8)) (MacKay 1992).
    double logit = Math.log(CLICK_RATE / (1 - CLICK_RATE));
    this.offset = logit * Math.sqrt(1 + Math.PI * scoreVariance / 8) - weightScale * mean;
  }

  @Override
  public int numFeatures() {
    return numFeatures;
  }

  @Override
  public ExampleBlock rows(long from, long to) {
    BlockBuilder rows = new BlockBuilder(numFeatures);
    int[] indices = new int[numFields];
    double[] ones = new double[numFields];
    Arrays.fill(ones, 1);
    for (long i = from; i < to; i++) {
      SplittableRandom random = Draws.at(seed, ROW, i);
      double score = offset;
      for (int field = 0; field < numFields; field++) {
        int start = fieldStart(field);
        int size = fieldStart(field + 1) - start;
        int rank = Zipf.index(random.nextDouble() * Zipf.sum(size), size);
        indices[field] = start + rank;
        score += weight(start + rank);
      }
      double label = random.nextDouble() < Draws.sigmoid(score) ? 1 : -1;
      rows.addSparse(label, indices, ones, numFields);
    }
    return rows.build();
  }

  /** Of a feature, in the model that the clicks follow. */
  double weight(int feature) {
    return weightScale * rawWeight(feature);
  }

  /** Of that model. */
  double offset() {
    return offset;
  }

  private int fieldStart(int field) {
    return (int) ((long) numFeatures * field / numFields);
  }

  private double rawWeight(int feature) {
    SplittableRandom random = Draws.at(seed, WEIGHT, feature);
    return random.nextDouble() < INFORMATIVE ? Draws.normal(random) : 0;
  }
}
