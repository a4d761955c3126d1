package dev.triptych.spark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class LabelSkewPropertyTest {
  private static final long SEED = 20261124;

  @Property(tries = 200)
  void everyRowGetsAPlaceOfItsOwn(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 40) Integer> labels,
      @ForAll @IntRange(min = 1, max = 8) int workers,
      @ForAll @DoubleRange(min = 0.01, max = 100) double alpha,
      @ForAll long seed) {
    long[] counts = labels.stream().mapToLong(Integer::longValue).toArray();
    int rows = (int) Arrays.stream(counts).sum();
    Slices slices = new Slices(rows, Math.min(workers, rows));
    LabelSkew skew = new LabelSkew(counts, slices, alpha, seed);

    boolean[] filled = new boolean[rows];
    for (int sorted = 0; sorted < rows; sorted++) {
      int place = (int) skew.position(sorted);
      assertThat(filled[place]).isFalse();
      filled[place] = true;
    }
  }

  @Example
  void smallAlphaGivesNearlyOneLabelAWorkerAndLargeAlphaTheSharesOfTheData() {
    assertThat(meanLargestShare(0.01)).isGreaterThan(0.9);
    assertThat(meanLargestShare(1e5)).isCloseTo(0.5, within(0.02));
  }

  @Example
  void sharesSpreadAsTheDirichletDistributionSays() {
    // The first worker's share of a label with p = 1/2 is Beta(α/2, α/2): variance 1/(4(α + 1)).
    double alpha = 3;
    int draws = 4000;
    double sum = 0;
    double squares = 0;
    for (int seed = 0; seed < draws; seed++) {
      double share = shares(new long[] {5000, 5000}, alpha, seed)[0][0];
      sum += share;
      squares += share * share;
    }
    double mean = sum / draws;
    assertThat(mean).isCloseTo(0.5, within(0.02));
    assertThat(squares / draws - mean * mean).isCloseTo(1 / (4 * (alpha + 1)), within(0.005));
  }

  /** Mean over the workers of the share of the label they have most of; 3 labels, one is half. */
  private static double meanLargestShare(double alpha) {
    double sum = 0;
    double[][] shares = shares(new long[] {5000, 2500, 2500}, alpha, SEED);
    for (double[] worker : shares) {
      sum += Arrays.stream(worker).max().orElseThrow() / shares.length;
    }
    return sum;
  }

  private static double[][] shares(long[] counts, double alpha, long seed) {
    Slices slices = new Slices(Arrays.stream(counts).sum(), 10);
    LabelSkew skew = new LabelSkew(counts, slices, alpha, seed);
    double[][] shares = new double[10][counts.length];
    long sorted = 0;
    for (int label = 0; label < counts.length; label++) {
      for (long row = 0; row < counts[label]; row++) {
        int worker = slices.workerOf(skew.position(sorted++));
        shares[worker][label] += 1.0 / slices.size(worker);
      }
    }
    return shares;
  }
}
