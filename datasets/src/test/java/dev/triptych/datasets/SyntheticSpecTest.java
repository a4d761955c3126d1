package dev.triptych.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticSpecTest {
  @Test
  void whatIsNotSaidHasADefault() {
    SyntheticSpec spec = SyntheticSpec.parse("synthetic:clicklog");
    assertThat(spec.rows()).isEqualTo(20_000);
    assertThat(spec.features()).isEqualTo(10_000);
    assertThat(spec.nonzeros()).isEqualTo(20);
    assertThat(spec.binary()).isTrue();
    assertThat(SyntheticSpec.parse("synthetic:gaussian,features=7,noise=0").binary()).isFalse();
    assertThat(SyntheticSpec.parse("synthetic:clicklog,features=3").nonzeros()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "synthetic:clicklog,rows=5,features=100,nonzeros=9,seed=-7",
        "synthetic:gaussian,condition=1e3,noise=0.5,classes=2,test=0",
        "synthetic:heterogeneous,groups=3,shift=1.5",
      })
  void theFullTextReadsBackAsTheSameSpec(String text) {
    SyntheticSpec spec = SyntheticSpec.parse(text);
    assertThat(SyntheticSpec.parse(spec.text())).isEqualTo(spec);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "synthetic:clicklogs|synthetic:clicklogs: unknown kind \"clicklogs\"; did you mean clicklog? (known: clicklog, gaussian, heterogeneous, interactions)",
        "synthetic:clicklog,row=5|synthetic:clicklog: unknown key \"row\"; did you mean rows? (known: rows, test, features, nonzeros, seed)",
        "synthetic:clicklog,condition=5|synthetic:clicklog: unknown key \"condition\" (known: rows, test, features, nonzeros, seed)",
        "synthetic:clicklog,rows|synthetic:clicklog: expected rows=VALUE, got \"rows\"",
        "synthetic:clicklog,rows=1,rows=2|synthetic:clicklog: rows is given twice",
        "synthetic:clicklog,rows=0|synthetic:clicklog: rows: expected a whole number from 1 to 1099511627776, got \"0\"",
        "synthetic:clicklog,rows=many|synthetic:clicklog: rows: expected a whole number from 1 to 1099511627776, got \"many\"",
        "synthetic:clicklog,features=9,nonzeros=10|synthetic:clicklog: nonzeros: expected a whole number from 1 to 9, got \"10\"",
        "synthetic:gaussian,noise=nan|synthetic:gaussian: noise: expected a number from 0.0 to 1000000.0, got \"nan\"",
        "synthetic:gaussian,condition=0.5|synthetic:gaussian: condition: expected a number from 1.0 to 1.0E12, got \"0.5\"",
      })
  void errorsNameTheKeyAndSuggestTheNearest(String text, String message) {
    assertThatThrownBy(() -> SyntheticSpec.parse(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }
}
