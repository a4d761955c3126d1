package dev.triptych.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConfidenceTest {
  @Test
  void oneSeedIsSaidToProveLittle() {
    assertThat(confidence(HandMade.run("sync", 2, 0.5), HandMade.run("async", 1, 0.5)))
        .contains("one run with one seed each", "--seeds 5");
  }

  @Test
  void whoWinsWithEverySeedIsNamedWithTheRangeOfTheFactorsAndTheOddsOfChance() {
    assertThat(
            confidence(
                HandMade.run("sync", 2, 0.5).seed(1),
                HandMade.run("sync", 9, 0.5).seed(2),
                HandMade.run("sync", 4, 0.5).seed(3),
                HandMade.run("async", 1, 0.5).seed(1),
                HandMade.run("async", 3, 0.5).seed(2),
                HandMade.run("async", 1, 0.5).seed(3)))
        .isEqualTo(
            "async was first with 3 of 3 seeds; seed by seed sync took between 2 and 4 times as"
                + " long. If two modes were equally fast, one of them would win all 3 in 1 of 4 such"
                + " comparisons.");
  }

  @Test
  void whoWinsOnlyMostOfThemIsNoClearAnswer() {
    assertThat(
            confidence(
                HandMade.run("sync", 2, 0.5).seed(1),
                HandMade.run("sync", 1, 0.5).seed(2),
                HandMade.run("sync", 2, 0.5).seed(3),
                HandMade.run("async", 1, 0.5).seed(1),
                HandMade.run("async", 3, 0.5).seed(2),
                HandMade.run("async", 1, 0.5).seed(3)))
        .startsWith("async was first with 2 of 3 seeds; seed by seed sync took between 0.33 and 2")
        .endsWith("That is no clear answer.");
  }

  @Test
  void aSeedThatNeverGotThereIsCountedAsNotComparable() {
    assertThat(
            confidence(
                HandMade.run("sync", 2, 0.5).seed(1),
                HandMade.run("sync", 2, 0.9).seed(2),
                HandMade.run("sync", 2, 0.5).seed(3),
                HandMade.run("async", 1, 0.5).seed(1),
                HandMade.run("async", 1, 0.5).seed(2),
                HandMade.run("async", 1, 0.5).seed(3)))
        .contains("first with 3 of 3", "(1 of the seeds cannot be compared)");
  }

  private static String confidence(HandMade... runs) {
    return Verdict.of(HandMade.file(0.5, null, runs)).confidence();
  }
}
