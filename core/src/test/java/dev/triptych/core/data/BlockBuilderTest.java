package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BlockBuilderTest {
  @Test
  void onlyDenseRowsMakeADenseBlock() {
    BlockBuilder builder = new BlockBuilder(0);
    builder.addDense(1, new double[] {1, 0, 3});
    builder.addDense(-1, new double[] {4, 5, 6});
    ExampleBlock block = builder.build();
    assertThat(block.isDense()).isTrue();
    assertThat(block.numFeatures()).isEqualTo(3);
    assertThat(block.valueAt(1, 2)).isEqualTo(6);
  }

  @Test
  void oneSparseRowMakesTheBlockSparse() {
    BlockBuilder builder = new BlockBuilder(3);
    builder.addDense(1, new double[] {1, 0, 3});
    builder.addSparse(-1, new int[] {1}, new double[] {5}, 1);
    ExampleBlock block = builder.build();
    assertThat(block.isDense()).isFalse();
    assertThat(block.dot(0, new double[] {1, 10, 100})).isEqualTo(301);
    assertThat(block.dot(1, new double[] {1, 10, 100})).isEqualTo(50);
  }

  @Test
  void theLargestIndexWidensTheBlock() {
    BlockBuilder builder = new BlockBuilder(2);
    builder.addSparse(1, new int[] {1}, new double[] {5}, 1);
    assertThat(builder.numFeatures()).isEqualTo(2);
    builder.addSparse(1, new int[] {0, 8}, new double[] {5, 5}, 2);
    builder.addSparse(1, new int[0], new double[0], 0);
    assertThat(builder.build().numFeatures()).isEqualTo(9);
  }

  @Test
  void onlyTheGivenLengthOfTheArraysIsReadAndItIsCopied() {
    BlockBuilder builder = new BlockBuilder(0);
    int[] indices = {2, 0, 0};
    double[] values = {7, 0, 0};
    builder.addSparse(1, indices, values, 1);
    indices[0] = 5;
    values[0] = 8;
    builder.addSparse(1, indices, values, 1);
    ExampleBlock block = builder.build();
    assertThat(block.rowLength(0)).isEqualTo(1);
    assertThat(block.columnAt(0, 0)).isEqualTo(2);
    assertThat(block.valueAt(0, 0)).isEqualTo(7);
    assertThat(block.columnAt(1, 0)).isEqualTo(5);
  }

  @Test
  void aDenseRowOfAnotherWidthIsRefused() {
    BlockBuilder builder = new BlockBuilder(0);
    builder.addDense(1, new double[3]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.addDense(1, new double[2]))
        .withMessage("expected 3 values, got 2");
  }

  @Test
  void unsortedIndicesAreRefused() {
    BlockBuilder builder = new BlockBuilder(0);
    builder.addSparse(1, new int[] {4, 2}, new double[] {1, 1}, 2);
    assertThatIllegalArgumentException().isThrownBy(builder::build);
  }

  @Test
  void thousandsOfRowsAreKept() {
    BlockBuilder builder = new BlockBuilder(0);
    for (int r = 0; r < 5000; r++) {
      builder.addSparse(r, new int[] {r % 10, 10 + r % 3}, new double[] {r, 1}, 2);
    }
    ExampleBlock block = builder.build();
    assertThat(block.numRows()).isEqualTo(5000);
    for (int r = 0; r < 5000; r++) {
      assertThat(block.label(r)).isEqualTo(r);
      assertThat(block.columnAt(r, 0)).isEqualTo(r % 10);
      assertThat(block.valueAt(r, 0)).isEqualTo(r);
    }
  }

  @Test
  void nothingAddedIsAnEmptyBlock() {
    assertThat(new BlockBuilder(4).build().numRows()).isZero();
    assertThat(new BlockBuilder(4).build().numFeatures()).isEqualTo(4);
  }
}
