package dev.triptych.async.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ValueFormatPropertyTest {

  @Property(tries = 300)
  void whatIsReadIsWhatRoundingLeaves(
      @ForAll ValueFormat format,
      @ForAll @IntRange(min = 0, max = 3000) int count,
      @ForAll long seed) {
    double[] values = values(count, seed);
    double[] rounded = values.clone();
    format.round(rounded, 0, count);
    assertThat(travel(format, values)).containsExactly(rounded);
    assertThat(travel(format, rounded)).containsExactly(rounded);
  }

  @Property(tries = 300)
  void theErrorIsWithinHalfAQuantum(
      @ForAll @IntRange(min = 1, max = 1000) int count, @ForAll long seed) {
    double[] values = values(count, seed);
    double[] floats = travel(ValueFormat.FLOAT32, values);
    double[] bytes = travel(ValueFormat.INT8, values);
    for (int k = 0; k < count; k++) {
      int block = k / ValueFormat.BLOCK * ValueFormat.BLOCK;
      double max = 0;
      for (int j = block; j < Math.min(count, block + ValueFormat.BLOCK); j++) {
        max = Math.max(max, Math.abs(values[j]));
      }
      assertThat(Math.abs(bytes[k] - values[k])).isLessThanOrEqualTo(max / 254 * 1.0001 + 1e-30);
      assertThat(Math.abs(floats[k] - values[k]))
          .isLessThanOrEqualTo(Math.abs(values[k]) * 0x1p-24 + Float.MIN_VALUE);
    }
  }

  @Property(tries = 100)
  void whatIsNotFiniteStaysSo(
      @ForAll ValueFormat format, @ForAll @IntRange(min = 1, max = 600) int count) {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1e300 * 1e300}) {
      double[] values = new double[count];
      Arrays.setAll(values, k -> k);
      values[count / 2] = bad;
      assertThat(Double.isFinite(travel(format, values)[count / 2])).isFalse();
    }
  }

  private static double[] values(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[count];
    for (int k = 0; k < count; k++) {
      values[k] =
          random.nextInt(5) == 0
              ? 0
              : random.nextDouble(-1, 1) * Math.pow(10, random.nextInt(-40, 30));
    }
    return values;
  }

  private static double[] travel(ValueFormat format, double[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) format.encodedLength(values.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    format.write(DoubleBuffer.wrap(values), bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    double[] read = new double[values.length];
    format.read(bytes.flip(), read);
    assertThat(bytes.hasRemaining()).isFalse();
    return read;
  }
}
