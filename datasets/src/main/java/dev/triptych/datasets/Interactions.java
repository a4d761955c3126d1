package dev.triptych.datasets;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Sparse rows of m categorical fields, one feature of each field with value 1, and labels that
 * depend on pairs of features only: s = Σ_{i&lt;j} ⟨v_i, v_j⟩ over the row's features, v_j of
 * {@value #RANK} normal numbers, scaled to a standard deviation of s of {@value #SPREAD}. The label
 * is s plus normal noise, or +1 with probability σ(s) and −1 otherwise. Fields are independent, so
 * a linear model sees next to nothing of it.
 */
final class Interactions implements ExampleGenerator {
  private static final long serialVersionUID = 1L;
  private static final int RANK = 4;
  private static final double SPREAD = 3;

  /** Of more features the factors are drawn anew for each row. */
  private static final int MAX_KEPT = 1 << 16;

  private static final long ROW = 1;
  private static final long FACTORS = 2;

  private final int numFeatures;
  private final int numFields;
  private final double noise;
  private final boolean binary;
  private final long seed;

  Interactions(int numFeatures, int numFields, double noise, boolean binary, long seed) {
    this.numFeatures = numFeatures;
    this.numFields = numFields;
    this.noise = noise;
    this.binary = binary;
    this.seed = seed;
  }

  @Override
  public int numFeatures() {
    return numFeatures;
  }

  @Override
  public ExampleBlock rows(long from, long to) {
    int perField = numFeatures / numFields;
    double[][] factors = new double[numFeatures <= MAX_KEPT ? numFeatures : 0][];
    BlockBuilder rows = new BlockBuilder(numFeatures);
    int[] indices = new int[numFields];
    double[][] vectors = new double[numFields][];
    double[] ones = new double[numFields];
    Arrays.fill(ones, 1);
    for (long i = from; i < to; i++) {
      SplittableRandom random = Draws.at(seed, ROW, i);
      for (int field = 0; field < numFields; field++) {
        indices[field] = field * perField + random.nextInt(perField);
      }
      for (int field = 0; field < numFields; field++) {
        vectors[field] = factors(indices[field], factors);
      }
      double score = score(vectors);
      double label =
          binary
              ? (random.nextDouble() < Draws.sigmoid(score) ? 1 : -1)
              : score + noise * Draws.normal(random);
      rows.addSparse(label, indices, ones, numFields);
    }
    return rows.build();
  }

  /** Σ_{a&lt;b} ⟨v_a, v_b⟩. */
  private static double score(double[][] vectors) {
    double pairs = 0;
    for (int f = 0; f < RANK; f++) {
      double sum = 0;
      double squares = 0;
      for (double[] v : vectors) {
        sum += v[f];
        squares += v[f] * v[f];
      }
      pairs += (sum * sum - squares) / 2;
    }
    return pairs;
  }

  private double[] factors(int feature, double[][] known) {
    double[] factors = feature < known.length ? known[feature] : null;
    if (factors == null) {
      factors = factors(feature);
      if (feature < known.length) {
        known[feature] = factors;
      }
    }
    return factors;
  }

  /** v_j of the machine that the labels follow. */
  double[] factors(int feature) {
    double numPairs = numFields * (numFields - 1) / 2.0;
    double scale = Math.sqrt(SPREAD / Math.sqrt(RANK * numPairs));
    double[] factors = Gaussian.normals(RANK, Draws.at(seed, FACTORS, feature));
    for (int f = 0; f < RANK; f++) {
      factors[f] *= scale;
    }
    return factors;
  }
}
