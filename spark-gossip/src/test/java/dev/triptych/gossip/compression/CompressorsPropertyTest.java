package dev.triptych.gossip.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;

class CompressorsPropertyTest {

  @Property(tries = 300)
  void noCompressorLeavesMoreThanThereWas(
      @ForAll @Size(min = 1, max = 80) List<@DoubleRange(min = -1e6, max = 1e6) Double> drawn,
      @ForAll long seed) {
    double[] vector = drawn.stream().mapToDouble(Double::doubleValue).toArray();
    for (String name : new String[] {"top-k:0.3", "random-k:0.3", "sign", "int8", "top-k:1"}) {
      double[] kept = Compressors.byName(name).compress(vector, seed).values();
      double rest = 0;
      double whole = 0;
      for (int p = 0; p < vector.length; p++) {
        rest += (vector[p] - kept[p]) * (vector[p] - kept[p]);
        whole += vector[p] * vector[p];
      }
      assertThat(rest).as(name).isLessThanOrEqualTo(whole * (1 + 1e-12));
    }
  }

  @Property(tries = 300)
  void topKKeepsTheLargestModuli(
      @ForAll @Size(min = 1, max = 80) List<@DoubleRange(min = -9, max = 9) Double> drawn) {
    double[] vector = drawn.stream().mapToDouble(Double::doubleValue).toArray();
    double[] kept = Compressors.byName("top-k:0.25").compress(vector, 0).values();
    int k = (int) Math.ceil(0.25 * vector.length);
    double[] moduli = new double[vector.length];
    double sum = 0;
    for (int p = 0; p < vector.length; p++) {
      moduli[p] = Math.abs(vector[p]);
      sum += Math.abs(kept[p]);
      assertThat(kept[p]).isIn(0.0, vector[p]);
    }
    Arrays.sort(moduli);
    double largest = Arrays.stream(moduli, vector.length - k, vector.length).sum();
    assertThat(sum).isCloseTo(largest, within(1e-9));
  }

  @Example
  void randomKDrawsEveryComponentEquallyOften() {
    double[] ones = new double[20];
    Arrays.fill(ones, 1);
    double[] counts = new double[20];
    int times = 20_000;
    for (int seed = 0; seed < times; seed++) {
      Compressors.byName("random-k:0.2").compress(ones, seed).addTo(1, counts);
    }
    // Binomial(20,000, .2): a standard deviation is 57.
    assertThat(counts)
        .usingElementComparator((a, b) -> Math.abs(a - b) < 300 ? 0 : 1)
        .containsOnly(times * 0.2);
  }

  @Example
  void unknownCompressionsAndFractionsAreRefusedInOneLine() {
    for (String text : new String[] {"top", "sign:2", "int8:0.1", "zip"}) {
      assertThatThrownBy(() -> Compressors.byName(text))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("expected top-k[:FRACTION], random-k[:FRACTION], sign or int8");
    }
    for (String text : new String[] {"top-k:0", "top-k:1.5", "random-k:x", "random-k:NaN"}) {
      assertThatThrownBy(() -> Compressors.byName(text))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("expected a fraction above 0 and at most 1");
    }
  }
}
