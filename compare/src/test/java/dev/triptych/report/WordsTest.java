package dev.triptych.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void secondsTakeTheUnitOfTheirSize() {
    assertThat(Words.seconds(0)).isEqualTo("0 s");
    assertThat(Words.seconds(0.0491)).isEqualTo("49.1 ms");
    assertThat(Words.seconds(1.2345)).isEqualTo("1.23 s");
    assertThat(Words.seconds(270)).isEqualTo("4.5 min");
  }

  @Test
  void bytesAreInPowersOfAThousand() {
    assertThat(Words.bytes(999)).isEqualTo("999 bytes");
    assertThat(Words.bytes(999.6)).isEqualTo("1 kB");
    assertThat(Words.bytes(12_345_678)).isEqualTo("12.3 MB");
  }

  @Test
  void significantDigitsHaveNoTrailingZeros() {
    assertThat(Words.significant(0.30000, 5)).isEqualTo("0.3");
    assertThat(Words.significant(120, 2)).isEqualTo("120");
    assertThat(Words.significant(0.00025, 2)).isEqualTo("2.5e-4");
    assertThat(Words.significant(-3e8, 3)).isEqualTo("-3e8");
    assertThat(Words.factor(123.4)).isEqualTo("123");
  }

  @Test
  void listsReadAsInASentence() {
    assertThat(Words.and(List.of())).isEmpty();
    assertThat(Words.and(List.of("a"))).isEqualTo("a");
    assertThat(Words.and(List.of("a", "b"))).isEqualTo("a and b");
    assertThat(Words.and(List.of("a", "b", "c"))).isEqualTo("a, b and c");
  }
}
