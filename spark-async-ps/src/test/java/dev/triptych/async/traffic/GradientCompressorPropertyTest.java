package dev.triptych.async.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class GradientCompressorPropertyTest {
  private static final int LENGTH = 5000;

  @Property(tries = 200)
  void whatWasSentAndWhatIsOwedIsAlwaysTheSumOfTheGradients(
      @ForAll ValueFormat format,
      @ForAll @IntRange(min = 0, max = 2) int kind,
      @ForAll boolean filtered,
      @ForAll boolean dense,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Sparsification rule =
        List.of(Sparsification.none(), Sparsification.topK(0.1), Sparsification.threshold(0.7))
            .get(kind);
    Traffic traffic =
        Traffic.plain().withValues(format).withSparsification(rule).withKktFilter(filtered);
    GradientCompressor compressor = new GradientCompressor(traffic, LENGTH, 0.2);
    double[] computed = new double[LENGTH];
    double[] sent = new double[LENGTH];
    for (int step = 0; step < 20; step++) {
      int[] keys =
          dense
              ? null
              : random.ints(0, LENGTH).distinct().limit(random.nextInt(1, 900)).sorted().toArray();
      int count = keys == null ? LENGTH : keys.length;
      double[] gradient = random.doubles(count, -1, 1).toArray();
      double[] weights = new double[count];
      Arrays.setAll(weights, k -> random.nextInt(2));
      for (int k = 0; k < count; k++) {
        computed[keys == null ? k : keys[k]] += gradient[k];
      }
      compressor.take(keys, gradient, weights);
      int cut = compressor.values().length / 3;
      compressor.round(0, cut);
      compressor.round(cut, compressor.values().length);
      int[] chosen = compressor.keys();
      double[] values = compressor.values();
      if (chosen != null) {
        assertThat(Arrays.stream(chosen).distinct().sorted().toArray()).isEqualTo(chosen);
        assertThat(values).hasSameSizeAs(chosen);
      }
      if (rule.kind() == Sparsification.Kind.TOP_K && !filtered) {
        assertThat(values).hasSize((int) Math.ceil(0.1 * count));
      }
      for (int k = 0; k < values.length; k++) {
        sent[chosen == null ? k : chosen[k]] += values[k];
      }
    }
    for (int j = 0; j < LENGTH; j++) {
      assertThat(sent[j] + compressor.owed(j)).isCloseTo(computed[j], within(1e-9));
    }
  }

  @Example
  void topKTakesTheLargestAndOfEqualOnesTheFirst() {
    GradientCompressor compressor =
        new GradientCompressor(Traffic.plain().withSparsification(Sparsification.topK(0.5)), 6, 0);
    compressor.take(null, new double[] {1, -3, 1, 0, 1, 2}, new double[6]);
    assertThat(compressor.keys()).containsExactly(0, 1, 5);
    assertThat(compressor.values()).containsExactly(1, -3, 2);
    compressor.take(null, new double[6], new double[6]);
    assertThat(compressor.values()).containsExactly(0, 1, 1); // what had been kept back
  }

  @Example
  void whatIsNotFiniteIsSentAtOnce() {
    for (Sparsification rule :
        new Sparsification[] {Sparsification.topK(0.2), Sparsification.threshold(9)}) {
      for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
        GradientCompressor compressor =
            new GradientCompressor(Traffic.plain().withSparsification(rule), 5, 0);
        compressor.take(null, new double[] {1, 2, bad, 3, 4}, new double[5]);
        assertThat(compressor.keys()).containsExactly(2);
      }
    }
  }

  /**
   * f(w) = ½Σ(w_j − j)² with gradient noise of deviation 5: with memory the largest tenth of the
   * values, or one byte per value, ends as near the optimum as the exact gradients do (Stich et al.
   * 2018, theorem 2.4; Karimireddy et al. 2019, theorem II). Without memory, the largest tenth does
   * not: the noise of some hides the others.
   */
  @Example
  void errorFeedbackReachesTheOptimumAndNoMemoryDoesNot() {
    double exact = distance(Traffic.plain(), true);
    double topK = distance(Traffic.plain().withSparsification(Sparsification.topK(0.1)), true);
    double threshold =
        distance(Traffic.plain().withSparsification(Sparsification.threshold(40)), true);
    double int8 = distance(Traffic.plain().withValues(ValueFormat.INT8), true);
    double forgetful =
        distance(Traffic.plain().withSparsification(Sparsification.topK(0.1)), false);
    assertThat(exact).isLessThan(1);
    assertThat(topK).isLessThan(1.5 * exact);
    assertThat(threshold).isLessThan(1.5 * exact);
    assertThat(int8).isLessThan(1.5 * exact);
    assertThat(forgetful).isGreaterThan(5 * exact);
  }

  private static double distance(Traffic traffic, boolean remembers) {
    int length = 50;
    SplittableRandom random = new SplittableRandom(11);
    double[] weights = new double[length];
    double[] mean = new double[length];
    GradientCompressor compressor = new GradientCompressor(traffic, length, 0);
    int steps = 8000;
    for (int step = 0; step < steps; step++) {
      double[] gradient = new double[length];
      for (int j = 0; j < length; j++) {
        // the noise of half of the parameters is large
        double deviation = j % 2 == 0 ? 50 : 0.5;
        gradient[j] = weights[j] - j + deviation * (random.nextDouble(-1, 1));
      }
      if (!remembers) {
        compressor = new GradientCompressor(traffic, length, 0);
      }
      compressor.take(null, gradient, weights);
      compressor.round(0, compressor.values().length);
      int[] keys = compressor.keys();
      for (int k = 0; k < compressor.values().length; k++) {
        weights[keys == null ? k : keys[k]] -= 0.01 * compressor.values()[k];
      }
      for (int j = 0; j < length; j++) {
        mean[j] += step < steps / 2 ? 0 : weights[j] / (steps / 2);
      }
    }
    double sum = 0;
    for (int j = 0; j < length; j++) {
      sum += (mean[j] - j) * (mean[j] - j);
    }
    return Math.sqrt(sum / length);
  }

  @Example
  void namesOfSparsificationsAreReadAndWritten() {
    List<String> texts = new ArrayList<>();
    for (String text : new String[] {"none", "top-k:0.01", "threshold:0.5"}) {
      texts.add(Sparsification.parse(text).toString());
    }
    assertThat(texts).containsExactly("none", "top-k:0.01", "threshold:0.5");
  }
}
