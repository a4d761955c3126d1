package dev.triptych.core.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The sums in vector registers, eight of them at a time, then one, then number by number. The JIT
 * compiler's own vectors write each sum to memory after every row.
 */
final class VectorRowCombination implements RowCombination {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int EIGHT = 8 * LANES;

  @Override
  public void add(
      int[] indices,
      double @Nullable [] x,
      int from,
      int to,
      double[] matrix,
      int base,
      int stride,
      double[] into,
      int at,
      int width) {
    int p = 0;
    for (; p <= width - EIGHT; p += EIGHT) {
      eight(indices, x, from, to, matrix, base + p, stride, into, at + p);
    }
    for (; p <= width - LANES; p += LANES) {
      one(indices, x, from, to, matrix, base + p, stride, into, at + p);
    }
    for (; p < width; p++) {
      double sum = into[at + p];
      for (int k = from; k < to; k++) {
        sum += (x == null ? 1 : x[k]) * matrix[base + p + indices[k] * stride];
      }
      into[at + p] = sum;
    }
  }

  private static void eight(
      int[] indices,
      double @Nullable [] x,
      int from,
      int to,
      double[] matrix,
      int base,
      int stride,
      double[] into,
      int at) {
    DoubleVector s0 = DoubleVector.fromArray(SPECIES, into, at);
    DoubleVector s1 = DoubleVector.fromArray(SPECIES, into, at + LANES);
    DoubleVector s2 = DoubleVector.fromArray(SPECIES, into, at + 2 * LANES);
    DoubleVector s3 = DoubleVector.fromArray(SPECIES, into, at + 3 * LANES);
    DoubleVector s4 = DoubleVector.fromArray(SPECIES, into, at + 4 * LANES);
    DoubleVector s5 = DoubleVector.fromArray(SPECIES, into, at + 5 * LANES);
    DoubleVector s6 = DoubleVector.fromArray(SPECIES, into, at + 6 * LANES);
    DoubleVector s7 = DoubleVector.fromArray(SPECIES, into, at + 7 * LANES);
    for (int k = from; k < to; k++) {
      DoubleVector factor = DoubleVector.broadcast(SPECIES, x == null ? 1 : x[k]);
      int r = base + indices[k] * stride;
      s0 = factor.fma(DoubleVector.fromArray(SPECIES, matrix, r), s0);
      s1 = factor.fma(DoubleVector.fromArray(SPECIES, matrix, r + LANES), s1);
      s2 = factor.fma(DoubleVector.fromArray(SPECIES, matrix, r + 2 * LANES), s2);
      s3 = factor.fma(DoubleVector.fromArray(SPECIES, matrix, r + 3 * LANES), s3);
      s4 = factor.fma(DoubleVector.fromArray(SPECIES, matrix, r + 4 * LANES), s4);
      s5 = factor.fma(DoubleVector.fromArray(SPECIES, matrix, r + 5 * LANES), s5);
      s6 = factor.fma(DoubleVector.fromArray(SPECIES, matrix, r + 6 * LANES), s6);
      s7 = factor.fma(DoubleVector.fromArray(SPECIES, matrix, r + 7 * LANES), s7);
    }
    s0.intoArray(into, at);
    s1.intoArray(into, at + LANES);
    s2.intoArray(into, at + 2 * LANES);
    s3.intoArray(into, at + 3 * LANES);
    s4.intoArray(into, at + 4 * LANES);
    s5.intoArray(into, at + 5 * LANES);
    s6.intoArray(into, at + 6 * LANES);
    s7.intoArray(into, at + 7 * LANES);
  }

  private static void one(
      int[] indices,
      double @Nullable [] x,
      int from,
      int to,
      double[] matrix,
      int base,
      int stride,
      double[] into,
      int at) {
    DoubleVector sum = DoubleVector.fromArray(SPECIES, into, at);
    for (int k = from; k < to; k++) {
      sum =
          DoubleVector.fromArray(SPECIES, matrix, base + indices[k] * stride)
              .fma(DoubleVector.broadcast(SPECIES, x == null ? 1 : x[k]), sum);
    }
    sum.intoArray(into, at);
  }
}
