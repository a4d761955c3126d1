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
 * with normal weights; the click is a Bernoulli draw from the logistic model, whose scores have
 * standard deviation 1.5 and whose offset makes about a quarter of the rows clicks. The data is
 * therefore not separable, and no model is certain.
 */
final class ClickLog implements ExampleGenerator {
  private static final long serialVersionUID = 1L;
  private static final double ZIPF_EXPONENT = 1.1;
  private static final double INFORMATIVE = 0.1;
  private static final double SCORE_DEVIATION = 1.5;
  private static final double CLICK_RATE = 0.25;
  private static final long ROW = 1;
  private static final long WEIGHT = 2;

  private final int numFeatures;
  private final int numFields;
  private final long seed;

  /** Cumulative Zipf weights of ranks 1, 2, …, not normalised. */
  private final double[] cumulative;

  private final double weightScale;
  private final double offset;

  ClickLog(int numFeatures, int numFields, long seed) {
    this.numFeatures = numFeatures;
    this.numFields = numFields;
    this.seed = seed;
    this.cumulative = new double[(numFeatures + numFields - 1) / numFields];
    double sum = 0;
    for (int rank = 0; rank < cumulative.length; rank++) {
      sum += Math.pow(rank + 1, -ZIPF_EXPONENT);
      cumulative[rank] = sum;
    }
    double mean = 0;
    double variance = 0;
    for (int field = 0; field < numFields; field++) {
      int start = fieldStart(field);
      int size = fieldStart(field + 1) - start;
      double first = 0;
      double second = 0;
      for (int rank = 0; rank < size; rank++) {
        double p = Math.pow(rank + 1, -ZIPF_EXPONENT) / cumulative[size - 1];
        double w = rawWeight(start + rank);
        first += p * w;
        second += p * w * w;
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
        double u = random.nextDouble() * cumulative[size - 1];
        int found = Arrays.binarySearch(cumulative, 0, size, u);
        int rank = Math.min(found < 0 ? -found - 1 : found + 1, size - 1);
        indices[field] = start + rank;
        score += weightScale * rawWeight(start + rank);
      }
      double label = random.nextDouble() < Draws.sigmoid(score) ? 1 : -1;
      rows.addSparse(label, indices, ones, numFields);
    }
    return rows.build();
  }

  private int fieldStart(int field) {
    return (int) ((long) numFeatures * field / numFields);
  }

  private double rawWeight(int feature) {
    SplittableRandom random = Draws.at(seed, WEIGHT, feature);
    return random.nextDouble() < INFORMATIVE ? Draws.normal(random) : 0;
  }
}
