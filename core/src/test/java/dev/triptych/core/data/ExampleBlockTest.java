package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExampleBlockTest {
  private static final double[] TWO_LABELS = {1, -1};

  @Test
  void storedOnesBecomeImplicitAndOtherValuesDoNot() {
    int[] offsets = {0, 1, 3};
    int[] columns = {2, 0, 1};
    assertThat(ExampleBlock.sparse(3, TWO_LABELS, offsets, columns, new double[] {1, 1, 1}))
        .matches(ExampleBlock::hasImplicitOnes);
    assertThat(ExampleBlock.sparse(3, TWO_LABELS, offsets, columns, null))
        .matches(ExampleBlock::hasImplicitOnes);
    assertThat(ExampleBlock.sparse(3, TWO_LABELS, offsets, columns, new double[] {1, 2, 1}))
        .matches(block -> !block.hasImplicitOnes());
    assertThat(ExampleBlock.dense(1, TWO_LABELS, new double[] {1, 1}))
        .matches(block -> !block.hasImplicitOnes());
  }

  @Test
  void rowsAreReadBackAsTheyWereGiven() {
    ExampleBlock block =
        ExampleBlock.sparse(
            4,
            new double[] {1, -1},
            new int[] {0, 2, 3},
            new int[] {1, 3, 0},
            new double[] {5, 6, 7});
    assertThat(block.numRows()).isEqualTo(2);
    assertThat(block.numFeatures()).isEqualTo(4);
    assertThat(block.numStored()).isEqualTo(3);
    assertThat(block.rowLength(0)).isEqualTo(2);
    assertThat(block.columnAt(0, 1)).isEqualTo(3);
    assertThat(block.valueAt(0, 1)).isEqualTo(6);
    assertThat(block.columnAt(1, 0)).isEqualTo(0);
    assertThat(block.valueAt(1, 0)).isEqualTo(7);
    assertThat(block.label(1)).isEqualTo(-1);
    assertThat(block.squaredNorm(0)).isEqualTo(61);
  }

  @Test
  void rowOffsetsOfTheWrongLengthAreRefused() {
    refusesSparse(new int[] {0, 1}, new int[] {0}, null, "rowOffsets");
  }

  @Test
  void rowOffsetsThatDoNotSpanTheColumnsAreRefused() {
    refusesSparse(new int[] {0, 1, 1}, new int[] {0, 1}, null, "span");
    refusesSparse(new int[] {1, 1, 2}, new int[] {0, 1}, null, "span");
  }

  @Test
  void descendingRowOffsetsAreRefused() {
    refusesSparse(new int[] {0, 3, 2}, new int[] {0, 1}, null, "rowOffsets must ascend");
    refusesSparse(new int[] {0, -1, 2}, new int[] {0, 1}, null, "rowOffsets must ascend");
  }

  @Test
  void columnsOutOfRangeOrOutOfOrderAreRefused() {
    refusesSparse(new int[] {0, 1, 2}, new int[] {0, 3}, null, "ascend");
    refusesSparse(new int[] {0, 1, 2}, new int[] {-1, 1}, null, "ascend");
    refusesSparse(new int[] {0, 2, 2}, new int[] {1, 1}, null, "ascend");
    refusesSparse(new int[] {0, 2, 2}, new int[] {2, 1}, null, "ascend");
  }

  @Test
  void valuesOfTheWrongLengthAreRefused() {
    refusesSparse(new int[] {0, 1, 2}, new int[] {0, 1}, new double[] {1}, "length");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExampleBlock.dense(3, TWO_LABELS, new double[5]));
  }

  @Test
  void denseShapesBeyondAnArrayAreRefusedAndDoNotWrapAround() {
    // 2^16 rows of 2^16 features are 2^32 values, which is 0 in an int.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExampleBlock.dense(1 << 16, new double[1 << 16], new double[0]));
  }

  @Test
  void concatKeepsTheOrderOfRowsAndTheLayout() {
    ExampleBlock first = ExampleBlock.dense(2, TWO_LABELS, new double[] {1, 2, 3, 4});
    ExampleBlock second = ExampleBlock.dense(2, new double[] {9}, new double[] {5, 6});
    ExampleBlock all = ExampleBlock.concat(List.of(first, second));
    assertThat(all.isDense()).isTrue();
    assertThat(all.numRows()).isEqualTo(3);
    assertThat(all.label(2)).isEqualTo(9);
    assertThat(all.valueAt(2, 1)).isEqualTo(6);
    assertThat(all.valueAt(1, 0)).isEqualTo(3);
  }

  @Test
  void concatOfOnesKeepsThemImplicitAndSkipsEmptyBlocks() {
    ExampleBlock ones =
        ExampleBlock.sparse(3, new double[] {1}, new int[] {0, 1}, new int[] {2}, null);
    ExampleBlock all = ExampleBlock.concat(List.of(ExampleBlock.empty(3), ones, ones));
    assertThat(all.hasImplicitOnes()).isTrue();
    assertThat(all.numRows()).isEqualTo(2);
    assertThat(all.columnAt(1, 0)).isEqualTo(2);
  }

  @Test
  void concatOfDifferentWidthsOrOfNothingIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ExampleBlock.concat(List.of(ExampleBlock.empty(2), ExampleBlock.empty(3))));
    assertThatIllegalArgumentException().isThrownBy(() -> ExampleBlock.concat(List.of()));
  }

  @Test
  void anEmptyBlockHasColumnsButNoRows() {
    ExampleBlock empty = ExampleBlock.empty(7);
    assertThat(empty.numRows()).isZero();
    assertThat(empty.numFeatures()).isEqualTo(7);
    assertThat(empty.numStored()).isZero();
  }

  @Test
  void frequencyOfAFeatureIsTheShareOfExamplesThatStoreIt() {
    ExampleBlock block =
        ExampleBlock.sparse(3, TWO_LABELS, new int[] {0, 1, 3}, new int[] {0, 0, 2}, null);
    int[] counts = new int[3];
    block.countStored(counts);
    assertThat(counts).containsExactly(2, 0, 1);
    FeatureFrequency frequency = new FeatureFrequency(2, counts);
    assertThat(frequency.inverse(0)).isEqualTo(1);
    assertThat(frequency.inverse(2)).isEqualTo(2);
    assertThat(frequency.maxInverse()).isEqualTo(2);
    assertThat(new FeatureFrequency(5, new int[3]).maxInverse()).isEqualTo(1);
  }

  private static void refusesSparse(
      int[] rowOffsets, int[] columns, double[] values, String because) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExampleBlock.sparse(3, TWO_LABELS, rowOffsets, columns, values))
        .withMessageContaining(because);
  }
}
