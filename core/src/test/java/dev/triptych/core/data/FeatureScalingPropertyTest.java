package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class FeatureScalingPropertyTest {
  @Property(tries = 200)
  void statisticsOfMergedBlocksAreThoseOfTheWhole(@ForAll long seed) {
    double[][] x = matrix(seed);
    FeatureStatistics statistics = merged(x);
    for (int j = 0; j < x[0].length; j++) {
      int column = j;
      double[] values = Arrays.stream(x).mapToDouble(row -> row[column]).toArray();
      double mean = Arrays.stream(values).average().orElseThrow();
      double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
      assertThat(statistics.min(j)).isEqualTo(Arrays.stream(values).min().orElseThrow());
      assertThat(statistics.max(j)).isEqualTo(Arrays.stream(values).max().orElseThrow());
      assertThat(statistics.standardDeviation(j))
          .isCloseTo(Math.sqrt(squares / (x.length - 1)), within(1e-9));
    }
  }

  @Property(tries = 200)
  void sparseAndDenseBlocksAreScaledAlike(@ForAll long seed) {
    double[][] x = matrix(seed);
    FeatureStatistics statistics = merged(x);
    for (FeatureScaling scaling :
        List.of(
            FeatureScaling.minMax(statistics),
            FeatureScaling.standard(statistics),
            FeatureScaling.factor(x[0].length, 0.25))) {
      ExampleBlock sparse = scaling.apply(sparse(x, 0, x.length));
      ExampleBlock dense = scaling.apply(dense(x));
      assertThat(sparse.isDense()).isFalse();
      assertThat(dense.isDense()).isTrue();
      for (int r = 0; r < x.length; r++) {
        double[] fromSparse = new double[x[0].length];
        double[] fromDense = new double[x[0].length];
        sparse.addRow(r, 1, fromSparse);
        dense.addRow(r, 1, fromDense);
        assertThat(fromSparse).containsExactly(fromDense);
        assertThat(sparse.label(r)).isEqualTo(dense.label(r)).isEqualTo(r);
      }
    }
  }

  @Property(tries = 100)
  void minMaxReachesZeroAndOneInEveryFeatureThatVaries(@ForAll long seed) {
    double[][] x = matrix(seed);
    FeatureStatistics statistics = merged(x);
    ExampleBlock scaled = FeatureScaling.minMax(statistics).apply(sparse(x, 0, x.length));
    FeatureStatistics after = new FeatureStatistics(x[0].length);
    after.add(scaled);
    for (int j = 0; j < x[0].length; j++) {
      boolean varies = statistics.max(j) > statistics.min(j);
      assertThat(after.min(j)).isCloseTo(0, within(1e-12));
      assertThat(after.max(j)).isCloseTo(varies ? 1 : 0, within(1e-12));
    }
  }

  @Property(tries = 100)
  void gatheredRowsAreThePickedRows(@ForAll long seed) {
    double[][] x = matrix(seed);
    List<ExampleBlock> sources = List.of(sparse(x, 0, 3), dense(x), sparse(x, 3, x.length));
    int[] sourceOf = {1, 0, 2, 1, 0};
    int[] rowOf = {0, 2, 0, x.length - 1, 2};
    int[] rows = {0, 2, 3, x.length - 1, 2};
    for (boolean layout : new boolean[] {true, false}) {
      ExampleBlock block = ExampleBlock.gather(x[0].length, sources, sourceOf, rowOf, layout);
      assertThat(block.isDense()).isEqualTo(layout);
      for (int i = 0; i < rows.length; i++) {
        double[] row = new double[x[0].length];
        block.addRow(i, 1, row);
        assertThat(row).containsExactly(x[rows[i]]);
        assertThat(block.label(i)).isEqualTo(rows[i]);
      }
    }
  }

  private static FeatureStatistics merged(double[][] x) {
    FeatureStatistics first = new FeatureStatistics(x[0].length);
    first.add(sparse(x, 0, 2));
    FeatureStatistics second = new FeatureStatistics(x[0].length);
    second.add(sparse(x, 2, x.length));
    return first.merge(second);
  }

  private static double[][] matrix(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] x = new double[4 + random.nextInt(8)][1 + random.nextInt(6)];
    double[] shift = random.doubles(x[0].length, -5, 5).toArray();
    for (double[] row : x) {
      for (int j = 0; j < row.length; j++) {
        row[j] = random.nextInt(3) == 0 || j == 3 ? 0 : shift[j] + random.nextInt(-4, 5);
      }
    }
    return x;
  }

  private static ExampleBlock sparse(double[][] x, int from, int to) {
    BlockBuilder rows = new BlockBuilder(x[0].length);
    for (int r = from; r < to; r++) {
      int[] indices = new int[x[0].length];
      double[] values = new double[x[0].length];
      int length = 0;
      for (int j = 0; j < x[0].length; j++) {
        if (x[r][j] != 0) {
          indices[length] = j;
          values[length++] = x[r][j];
        }
      }
      rows.addSparse(r, indices, values, length);
    }
    return rows.build();
  }

  private static ExampleBlock dense(double[][] x) {
    BlockBuilder rows = new BlockBuilder(x[0].length);
    for (int r = 0; r < x.length; r++) {
      rows.addDense(r, x[r]);
    }
    return rows.build();
  }
}
