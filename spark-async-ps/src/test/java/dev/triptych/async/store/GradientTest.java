package dev.triptych.async.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GradientTest {

  @Test
  void meanOfSparseGradientsHasTheUnionOfTheirPositions() {
    Gradient mean =
        Gradient.mean(
            List.of(
                Gradient.sparse(new int[] {1, 4}, new double[] {2, 8}),
                Gradient.sparse(new int[] {0, 4}, new double[] {6, 2})),
            6);
    assertThat(mean).isEqualTo(Gradient.sparse(new int[] {0, 1, 4}, new double[] {3, 1, 5}));
  }

  @Test
  void meanWithADenseGradientIsDense() {
    Gradient mean =
        Gradient.mean(
            List.of(
                Gradient.sparse(new int[] {2}, new double[] {4}),
                Gradient.dense(new double[] {2, 2, 2})),
            3);
    assertThat(mean).isEqualTo(Gradient.dense(new double[] {1, 1, 3}));
  }

  @Test
  void infiniteAndNaNValuesAreSeen() {
    assertThat(Gradient.dense(new double[] {1, -1e154, 0}).isFinite()).isTrue();
    assertThat(Gradient.dense(new double[] {1, Double.NaN}).isFinite()).isFalse();
    assertThat(Gradient.dense(new double[] {2e154}).isFinite()).as("its square").isFalse();
    assertThat(Gradient.dense(new double[] {Double.NEGATIVE_INFINITY}).isFinite()).isFalse();
  }

  @Test
  void positionsMustAscendWithinTheSlice() {
    double[] values = {1, 2};
    assertThat(Gradient.sparse(new int[] {0, 4}, values).fits(5)).isTrue();
    assertThat(Gradient.sparse(new int[] {0, 4}, values).fits(4)).isFalse();
    assertThat(Gradient.sparse(new int[] {3, 3}, values).fits(5)).isFalse();
    assertThat(Gradient.sparse(new int[] {-1, 3}, values).fits(5)).isFalse();
    assertThat(Gradient.dense(values).fits(3)).isFalse();
  }
}
