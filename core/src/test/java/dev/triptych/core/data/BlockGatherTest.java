package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BlockGatherTest {
  @Test
  void moreEntriesThanOneArrayHoldsAreRefusedBeforeAnythingIsAllocated() {
    int length = 1 << 20;
    int[] columns = new int[length];
    for (int j = 0; j < length; j++) {
      columns[j] = j;
    }
    ExampleBlock row =
        ExampleBlock.sparse(length, new double[1], new int[] {0, length}, columns, null);
    for (boolean dense : new boolean[] {true, false}) {
      assertThatThrownBy(
              () -> ExampleBlock.gather(length, List.of(row), new int[2048], new int[2048], dense))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("2147483639");
    }
  }
}
