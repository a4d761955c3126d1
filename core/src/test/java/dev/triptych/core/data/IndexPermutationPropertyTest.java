package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class IndexPermutationPropertyTest {
  @Property(tries = 300)
  void everyIndexIsHitOnce(@ForAll @IntRange(min = 1, max = 3000) int size, @ForAll long seed) {
    IndexPermutation permutation = new IndexPermutation(size, seed);
    BitSet hit = new BitSet(size);
    for (int i = 0; i < size; i++) {
      hit.set((int) permutation.apply(i));
    }
    assertThat(hit.cardinality()).isEqualTo(size);
    assertThat(hit.length()).isEqualTo(size);
  }

  @Property(tries = 100)
  void largeIndicesStayInRange(@ForAll long seed) {
    long size = 3_000_000_000L;
    IndexPermutation permutation = new IndexPermutation(size, seed);
    for (long i = size - 100; i < size; i++) {
      assertThat(permutation.apply(i)).isBetween(0L, size - 1);
    }
  }

  /** Chi-square over where the first tenth of the indices goes; 9 degrees of freedom. */
  @Example
  void consecutiveIndicesAreSpreadEvenly() {
    int size = 100_003;
    for (long seed = 0; seed < 20; seed++) {
      IndexPermutation permutation = new IndexPermutation(size, seed);
      int[] bins = new int[10];
      int drawn = size / 10;
      for (int i = 0; i < drawn; i++) {
        bins[(int) (permutation.apply(i) * 10 / size)]++;
      }
      double chiSquare = 0;
      for (int count : bins) {
        chiSquare += Math.pow(count - drawn / 10.0, 2) / (drawn / 10.0);
      }
      // P(chi-square_9 > 33.7) = 1e-4.
      assertThat(chiSquare).as("seed %d", seed).isLessThan(33.7);
    }
  }

  /** A random permutation of n has about one fixed point and n/2 ascents. */
  @Example
  void orderIsDestroyed() {
    int size = 50_000;
    IndexPermutation permutation = new IndexPermutation(size, 42);
    int ascents = 0;
    int fixed = 0;
    for (int i = 1; i < size; i++) {
      ascents += permutation.apply(i) > permutation.apply(i - 1) ? 1 : 0;
      fixed += permutation.apply(i) == i ? 1 : 0;
    }
    // The number of ascents has mean n/2 and variance n/12: six deviations.
    assertThat(Math.abs(ascents - size / 2.0)).isLessThan(6 * Math.sqrt(size / 12.0));
    assertThat(fixed).isLessThan(10);
  }
}
