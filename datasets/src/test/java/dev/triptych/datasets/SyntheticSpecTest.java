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
    assertThat(spec.whole("features")).isEqualTo(10_000);
    assertThat(spec.whole("nonzeros")).isEqualTo(20);
    assertThat(spec.isBinary()).isTrue();
    assertThat(SyntheticSpec.parse("synthetic:gaussian,features=7,noise=0").isBinary()).isFalse();
    assertThat(SyntheticSpec.parse("synthetic:interactions,features=3").whole("groups"))
        .isEqualTo(3);
    assertThat(SyntheticSpec.parse("synthetic:ratings,users=10,items=20").rows()).isEqualTo(100);
    assertThat(SyntheticSpec.parse("synthetic:clicklog,features=3").whole("nonzeros")).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "synthetic:clicklog,rows=5,features=100,nonzeros=9,seed=-7",
        "synthetic:gaussian,condition=1e3,noise=0.5,classes=2,test=0",
        "synthetic:heterogeneous,groups=3,shift=1.5",
        "synthetic:interactions,features=90,groups=3,classes=1,noise=0.25",
        "synthetic:ratings,users=70,items=30,factors=2,noise=0",
      })
  void theFullTextReadsBackAsTheSameSpec(String text) {
    SyntheticSpec spec = SyntheticSpec.parse(text);
    assertThat(SyntheticSpec.parse(spec.text())).isEqualTo(spec);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "synthetic:clicklogs|synthetic:clicklogs: unknown kind \"clicklogs\"; did you mean clicklog? (known: clicklog, gaussian, heterogeneous, interactions, ratings)",
        "synthetic:clicklog,row=5|synthetic:clicklog: unknown key \"row\"; did you mean rows? (known: rows, test, features, nonzeros, seed)",
        "synthetic:clicklog,condition=5|synthetic:clicklog: unknown key \"condition\" (known: rows, test, features, nonzeros, seed)",
        "synthetic:clicklog,rows|synthetic:clicklog: expected rows=VALUE, got \"rows\"",
        "synthetic:clicklog,rows=1,rows=2|synthetic:clicklog: rows is given twice",
        "synthetic:clicklog,rows=0|synthetic:clicklog: rows: expected a whole number from 1 to 1099511627776, got \"0\"",
        "synthetic:clicklog,rows=many|synthetic:clicklog: rows: expected a whole number from 1 to 1099511627776, got \"many\"",
        "synthetic:clicklog,features=9,nonzeros=10|synthetic:clicklog: nonzeros: expected a whole number from 1 to 9, got \"10\"",
        "synthetic:ratings,users=10,items=10,rows=80,test=30|synthetic:ratings: expected at most 100 rows and test rows, one for each user and item, got 110",
        "synthetic:gaussian,noise=nan|synthetic:gaussian: noise: expected a number from 0.0 to 1000000.0, got \"nan\"",
        "synthetic:gaussian,condition=0.5|synthetic:gaussian: condition: expected a number from 1.0 to 1.0E12, got \"0.5\"",
      })
  void errorsNameTheKeyAndSuggestTheNearest(String text, String message) {
    assertThatThrownBy(() -> SyntheticSpec.parse(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }
}
