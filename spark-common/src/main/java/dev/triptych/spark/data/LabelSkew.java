package dev.triptych.spark.data;

import dev.triptych.core.data.IndexPermutation;
import java.io.Serializable;
import java.util.SplittableRandom;

/**
 * Deals the labels to the workers unevenly: worker by worker draws shares q ~ Dirichlet(α p), p
 * being the labels' shares of the data, and takes its rows in these shares, of labels that are used
 * up as many as are left (Hsu, Qi, Brown 2019, section 3). Workers keep their numbers of rows, so
 * the mean of their objectives stays the objective. Small α: nearly one label a worker; large α:
 * nearly alike. Which rows of a label a worker gets is a seeded shuffle.
 */
final class LabelSkew implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Slices slices;
  // Rows of smaller labels, by label; one entry more than labels.
  private final long[] labelStarts;
  // taken[w][l]: rows of label l with the workers before w.
  private final long[][] taken;
  private final IndexPermutation[] order;

  /**
   * @param labelCounts rows of each label, all positive
   * @param alpha α > 0
   */
  LabelSkew(long[] labelCounts, Slices slices, double alpha, long seed) {
    this.slices = slices;
    int numLabels = labelCounts.length;
    labelStarts = new long[numLabels + 1];
    order = new IndexPermutation[numLabels];
    for (int l = 0; l < numLabels; l++) {
      labelStarts[l + 1] = labelStarts[l] + labelCounts[l];
      order[l] = new IndexPermutation(labelCounts[l], seed + l);
    }
    SplittableRandom random = new SplittableRandom(seed);
    taken = new long[slices.numWorkers() + 1][numLabels];
    for (int w = 0; w < slices.numWorkers(); w++) {
      double[] shares = new double[numLabels];
      for (int l = 0; l < numLabels; l++) {
        shares[l] = gamma(alpha * labelCounts[l] / slices.numRows(), random);
      }
      long[] counts = counts(shares, labelCounts, taken[w], slices.size(w));
      for (int l = 0; l < numLabels; l++) {
        taken[w + 1][l] = taken[w][l] + counts[l];
      }
    }
  }

  /** Where the row goes that would be at {@code sorted} if rows were sorted by label. */
  long position(long sorted) {
    int label = 0;
    while (labelStarts[label + 1] <= sorted) {
      label++;
    }
    long row = order[label].apply(sorted - labelStarts[label]);
    int worker = 0;
    while (taken[worker + 1][label] <= row) {
      worker++;
    }
    long position = slices.start(worker) + row - taken[worker][label];
    for (int l = 0; l < label; l++) {
      position += taken[worker + 1][l] - taken[worker][l];
    }
    return position;
  }

  private static long[] counts(double[] shares, long[] labelCounts, long[] taken, long numRows) {
    long[] counts = new long[shares.length];
    long left = numRows;
    while (left > 0) {
      double total = 0;
      int largest = -1;
      for (int l = 0; l < shares.length; l++) {
        if (taken[l] + counts[l] < labelCounts[l]) {
          total += shares[l];
          largest = largest < 0 || shares[l] > shares[largest] ? l : largest;
        }
      }
      long before = left;
      for (int l = 0; l < shares.length && total > 0; l++) {
        long available = labelCounts[l] - taken[l] - counts[l];
        if (available > 0) {
          long more = Math.min(available, (long) (before * (shares[l] / total)));
          counts[l] += more;
          left -= more;
        }
      }
      if (left == before) {
        counts[largest]++;
        left--;
      }
    }
    return counts;
  }

  /** Gamma(shape, 1) (Marsaglia, Tsang 2000). */
  private static double gamma(double shape, SplittableRandom random) {
    if (shape < 1) {
      return gamma(shape + 1, random) * Math.pow(random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = 1 + c * x;
      if (v > 0) {
        v = v * v * v;
        if (Math.log(1 - random.nextDouble()) < x * x / 2 + d - d * v + d * Math.log(v)) {
          return d * v;
        }
      }
    }
  }
}
