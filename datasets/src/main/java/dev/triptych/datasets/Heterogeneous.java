package dev.triptych.datasets;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import java.util.SplittableRandom;

/**
 * Dense rows of G clusters: row i belongs to cluster i mod G, x = centre + standard normal, centres
 * at a given distance from the origin. Nine tenths of an even cluster's labels are +1, of an odd
 * one's −1. Dealt by label, half of the workers see one half of the clusters and the others the
 * other half.
 */
final class Heterogeneous implements ExampleGenerator {
  private static final long serialVersionUID = 1L;
  private static final double PURITY = 0.9;
  private static final long ROW = 1;
  private static final long CENTRE = 2;

  private final int numFeatures;
  private final int groups;
  private final double shift;
  private final long seed;

  Heterogeneous(int numFeatures, int groups, double shift, long seed) {
    this.numFeatures = numFeatures;
    this.groups = groups;
    this.shift = shift;
    this.seed = seed;
  }

  @Override
  public int numFeatures() {
    return numFeatures;
  }

  @Override
  public ExampleBlock rows(long from, long to) {
    double[][] centres = new double[groups][];
    BlockBuilder rows = new BlockBuilder(numFeatures);
    double[] x = new double[numFeatures];
    for (long i = from; i < to; i++) {
      int group = (int) (i % groups);
      double[] centre = centres[group];
      if (centre == null) {
        centre = Gaussian.unit(Gaussian.normals(numFeatures, Draws.at(seed, CENTRE, group)));
        centres[group] = centre;
      }
      SplittableRandom random = Draws.at(seed, ROW, i);
      for (int j = 0; j < numFeatures; j++) {
        x[j] = shift * centre[j] + Draws.normal(random);
      }
      boolean positive = (group % 2 == 0) == random.nextDouble() < PURITY;
      rows.addDense(positive ? 1 : -1, x);
    }
    return rows.build();
  }
}
