package dev.triptych.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RowCombinationPropertyTest {
  @Property(tries = 300)
  void bothKindsOfLoopsAddTheSumOfWeightedRowsAndNothingBesideIt(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 13) int count,
      @ForAll @IntRange(min = 0, max = 150) int width,
      @ForAll boolean ones) {
    Random random = new Random(seed);
    int stride = width + random.nextInt(3);
    int base = random.nextInt(4);
    int at = random.nextInt(4);
    double[] matrix = random.doubles(base + 10L * Math.max(1, stride)).toArray();
    int[] indices = random.ints(count + 2, 0, 9).toArray();
    double[] x = ones ? null : random.doubles(count + 2).toArray();
    double[] before = random.doubles(at + width + 3).toArray();

    double[] expected = before.clone();
    for (int k = 1; k < count + 1; k++) {
      for (int p = 0; p < width; p++) {
        expected[at + p] += (x == null ? 1 : x[k]) * matrix[base + indices[k] * stride + p];
      }
    }
    for (RowCombination rows :
        new RowCombination[] {PlainRowCombination.INSTANCE, new VectorRowCombination()}) {
      double[] into = before.clone();
      rows.add(indices, x, 1, count + 1, matrix, base, stride, into, at, width);
      for (int i = 0; i < into.length; i++) {
        assertThat(into[i])
            .as("%s, place %d, seed %d", rows.getClass().getSimpleName(), i, seed)
            .isCloseTo(expected[i], within(1e-12));
      }
    }
  }
}
