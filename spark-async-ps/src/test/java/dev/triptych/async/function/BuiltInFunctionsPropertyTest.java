package dev.triptych.async.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Every built-in function gives over any number of shards what a loop over all weights gives. */
class BuiltInFunctionsPropertyTest {
  private static final ClassLoader HERE = BuiltInFunctionsPropertyTest.class.getClassLoader();
  private static final String W = Slice.WEIGHTS;

  @Property(tries = 200, seed = "11")
  void functionsDoNotDependOnHowTheWeightsAreSpread(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int length,
      @ForAll @IntRange(min = 1, max = 5) int shards)
      throws Exception {
    double[] w = values(new SplittableRandom(seed), length);
    List<Slice> slices = spread(w, Math.min(shards, length));

    assertThat(call(slices, FunctionCall.of(L1Norm.class, List.of(W))))
        .containsExactly(new double[] {Arrays.stream(w).map(Math::abs).sum()}, within(1e-12));
    double squares = Arrays.stream(w).map(v -> v * v).sum();
    assertThat(call(slices, FunctionCall.of(L2Norm.class, List.of(W))))
        .containsExactly(new double[] {Math.sqrt(squares)}, within(1e-12));

    assertThat(call(slices, FunctionCall.of(Combination.class, List.of("copy", W), 1))).isEmpty();
    FunctionCall axpy = FunctionCall.of(Combination.class, List.of("copy", "copy", W), 2, -0.5);
    assertThat(call(slices, axpy)).isEmpty();
    assertThat(call(slices, FunctionCall.of(Dot.class, List.of("copy", W))))
        .containsExactly(new double[] {1.5 * squares}, within(1e-12));
    call(slices, FunctionCall.of(Drop.class, List.of("copy")));
    assertThat(slices.get(0).vector(W).length()).isPositive();

    int k = 1 + (int) Math.floorMod(seed, 6);
    assertThat(call(slices, FunctionCall.of(TopK.class, List.of(W), k))).isEqualTo(topK(w, k));

    double[] counts = call(slices, FunctionCall.of(Histogram.class, List.of(W), -1, 1, 4));
    assertThat(counts).isEqualTo(histogram(w));
  }

  private static double[] topK(double[] w, int k) {
    List<Integer> order = new ArrayList<>();
    for (int j = 0; j < w.length; j++) {
      if (w[j] != 0) {
        order.add(j);
      }
    }
    order.sort(Comparator.<Integer>comparingDouble(j -> -Math.abs(w[j])).thenComparing(j -> j));
    int size = Math.min(k, order.size());
    double[] pairs = new double[2 * size];
    for (int i = 0; i < size; i++) {
      pairs[2 * i] = order.get(i);
      pairs[2 * i + 1] = w[order.get(i)];
    }
    return pairs;
  }

  private static double[] histogram(double[] w) {
    double[] counts = new double[6];
    for (double v : w) {
      int bin = v < -1 ? 0 : v < -.5 ? 1 : v < 0 ? 2 : v < .5 ? 3 : v <= 1 ? 4 : 5;
      counts[bin]++;
    }
    return counts;
  }

  /** Few distinct values, so that magnitudes tie and bounds of bins are met. */
  private static double[] values(SplittableRandom random, int length) {
    double[] w = new double[length];
    for (int j = 0; j < length; j++) {
      w[j] = random.nextInt(-6, 7) / 4.0;
    }
    return w;
  }

  private static List<Slice> spread(double[] w, int shards) {
    List<Slice> slices = new ArrayList<>();
    for (int s = 0; s < shards; s++) {
      int from = w.length * s / shards;
      int to = w.length * (s + 1) / shards;
      double[] part = Arrays.copyOfRange(w, from, to);
      slices.add(Slice.of(from, new Fixed(part), Map.of()));
    }
    return slices;
  }

  private static double[] call(List<Slice> slices, FunctionCall call) throws Exception {
    ServerFunction function = FunctionRunner.named(call.function(), HERE);
    double[] combined = FunctionRunner.run(slices.get(0), call, HERE);
    for (Slice slice : slices.subList(1, slices.size())) {
      combined = function.combine(combined, FunctionRunner.run(slice, call, HERE), call);
    }
    return function.finish(combined, call);
  }

  private record Fixed(double[] values) implements VectorView {
    @Override
    public int length() {
      return values.length;
    }

    @Override
    public double at(int position) {
      return values[position];
    }
  }
}
