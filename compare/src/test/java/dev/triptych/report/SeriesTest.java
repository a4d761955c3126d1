package dev.triptych.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.report.RunsFile.Run;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeriesTest {
  @Test
  void runsThatDifferOnlyInTheSeedAreOneSeriesOfWhichTheMiddleOneInTimeStandsForAll() {
    List<Run> runs =
        List.of(
            HandMade.run("sync", 3, 0.5).seed(1).build(),
            HandMade.run("async", 1, 0.5).seed(1).build(),
            HandMade.run("sync", 1, 0.5).seed(2).build(),
            HandMade.run("sync", 2, 0.5).seed(3).build());

    List<Series> all = Series.of(runs);

    assertThat(all).extracting(Series::indices).containsExactly(List.of(0, 2, 3), List.of(1));
    assertThat(all.get(0).median()).isEqualTo(3);
    assertThat(all.get(0).representative()).isSameAs(runs.get(3));
  }

  @Test
  void whatHappenedInARunTellsNoSeriesApartButWhatWasAskedForDoes() {
    Run first = settings(1, Map.of("seed", "1", "bytes", "100", "step-size", "0.1"));
    Run second = settings(2, Map.of("seed", "2", "bytes", "101", "step-size", "0.1"));
    Run other = settings(3, Map.of("seed", "3", "bytes", "100", "step-size", "0.2"));

    assertThat(Series.of(List.of(first, second, other)))
        .extracting(Series::indices)
        .containsExactly(List.of(0, 1), List.of(2));
  }

  @Test
  void theSameSeedTwiceIsARepetitionThatStaysByItself() {
    Run run = HandMade.run("sync", 1, 0.5).seed(4).build();

    assertThat(Series.of(List.of(run, run))).hasSize(2);
  }

  private static Run settings(long seed, Map<String, String> words) {
    return HandMade.run("async", 1, 0.5).seed(seed).settings(words).build();
  }
}
