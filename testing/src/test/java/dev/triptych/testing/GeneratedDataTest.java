package dev.triptych.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.data.ExampleBlock;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GeneratedDataTest {
  @Test
  void theSameSeedGivesTheSameRows() {
    ExampleBlock one = GeneratedData.sparseLogistic(2, 20, 50, 5, 9).get(1);
    ExampleBlock two = GeneratedData.sparseLogistic(2, 20, 50, 5, 9).get(1);
    ExampleBlock other = GeneratedData.sparseLogistic(2, 20, 50, 5, 10).get(1);

    assertThat(columns(one)).isEqualTo(columns(two)).isNotEqualTo(columns(other));
  }

  @Test
  void sparseRowsHoldDistinctOnes() {
    for (ExampleBlock block : GeneratedData.sparseLogistic(3, 40, 50, 5, 1)) {
      assertThat(block.hasImplicitOnes()).isTrue();
      assertThat(block.numRows()).isEqualTo(40);
      assertThat(block.numFeatures()).isEqualTo(50);
      for (int r = 0; r < block.numRows(); r++) {
        assertThat(block.rowLength(r)).isEqualTo(5);
      }
    }
  }

  @Test
  void bothClassesOccurInEveryBlock() {
    for (ExampleBlock block : GeneratedData.logistic(4, 50, 5, 1)) {
      int positive = 0;
      for (int r = 0; r < block.numRows(); r++) {
        positive += block.label(r) > 0 ? 1 : 0;
      }
      assertThat(positive).isBetween(10, 40);
    }
  }

  private static List<Integer> columns(ExampleBlock block) {
    return IntStream.range(0, block.numRows())
        .boxed()
        .flatMap(r -> IntStream.range(0, block.rowLength(r)).mapToObj(k -> block.columnAt(r, k)))
        .toList();
  }
}
