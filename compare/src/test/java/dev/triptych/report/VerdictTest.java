package dev.triptych.report;

import static dev.triptych.report.HandMade.file;
import static dev.triptych.report.HandMade.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.report.RunsFile.Environment;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void theFirstToTheTargetIsNamedWithTheFactorsOfTheOthers() {
    Verdict verdict =
        Verdict.of(
            file(0.5, null, run("sync", 4, .7, .4), run("async", 1, .6, .5), run("gossip", 3, .4)));

    assertThat(verdict.headline())
        .isEqualTo(
            "async reached the target F ≤ 0.5 first, in 2 s; gossip took 1.5 times as long (3 s)"
                + " and sync took 4 times as long (8 s).");
    assertThat(verdict.findings())
        .contains(
            "Data needed to get there: gossip 1 epoch, sync 2 epochs and async 2 epochs.",
            "Sent over the wire until then: gossip 1 kB, sync 2 kB and async 2 kB.");
  }

  @Test
  void amountsWithinATenthAreATie() {
    assertThat(headline(run("sync", 1, .5), run("async", 1.09, .5), run("gossip", 1.2, .5)))
        .isEqualTo(
            "sync and async reached the target F ≤ 0.5 at about the same time, in 1 s and 1.09 s;"
                + " gossip took 1.2 times as long (1.2 s).");
    assertThat(headline(run("sync", 1, .5), run("async", 1.11, .5)))
        .startsWith("sync reached the target F ≤ 0.5 first");
  }

  @Test
  void equalAmountsAreSaidToBeTheSame() {
    Verdict verdict = Verdict.of(file(null, null, run("sync", 1, .5), run("gossip", 1, .5)));

    assertThat(verdict.findings())
        .contains(
            "Data needed to get there: sync 1 epoch and gossip 1 epoch, which is about the same.",
            "All ended at the same objective, 0.5.");
  }

  @Test
  void whoFallsShortOfTheTargetOrDivergesIsSaidSo() {
    Verdict verdict =
        Verdict.of(
            file(
                0.5,
                null,
                run("sync", 1, .4),
                run("async", 1, .9, 40).divergedAt(17),
                run("gossip", 1, .7, .6)));

    assertThat(verdict.headline())
        .isEqualTo("sync reached the target F ≤ 0.5 in 1 s. gossip did not. async diverged.");
    assertThat(verdict.findings())
        .contains(
            "gossip stopped short after 2 s; its lowest objective was 0.6.",
            "async diverged at update 17.");
  }

  @Test
  void withoutAnybodyAtTheTargetTheClosestIsNamed() {
    assertThat(headline(run("sync", 1, .8), run("gossip", 1, .7)))
        .isEqualTo("No mode reached the target F ≤ 0.5; gossip came closest with 0.7.");
    assertThat(headline(run("sync", 1, .8)))
        .isEqualTo("sync did not reach the target F ≤ 0.5; its lowest was 0.8.");
  }

  @Test
  void allDivergedLeavesNothingToCompare() {
    HandMade sync = run("sync", 1, 9).divergedAt(3);
    assertThat(headline(sync, run("async", 1, 8).divergedAt(5)))
        .isEqualTo("Every mode diverged. Try a smaller step size.");
    assertThat(headline(sync)).isEqualTo("sync diverged at update 3. Try a smaller step size.");
  }

  @Test
  void oneRunIsDescribedNotCompared() {
    Verdict verdict = Verdict.of(file(null, null, run("gossip", 2, .6, .3)));

    assertThat(verdict.headline()).isEqualTo("gossip reached F ≤ 0.3 after 4 s and 2 epochs.");
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.caveats().get(0)).startsWith("This is one run with one seed.");
  }

  @Test
  void aRunThatNeverImprovedHasNoVerdict() {
    Verdict verdict = Verdict.of(file(null, null, run("sync", 1, 1.5)));

    assertThat(verdict.level()).isNull();
    assertThat(verdict.headline()).startsWith("Nothing improved on its start.");
  }

  @Test
  void withoutATargetTheLevelIsTheLowestObjectiveAllReached() {
    Verdict verdict =
        Verdict.of(
            file(
                null,
                null,
                run("sync", 1, .5, .2),
                run("gossip", 1, .4),
                run("async", 1, .9, 7).divergedAt(9)));

    assertThat(verdict.level()).isNotNull();
    assertThat(verdict.level().objective()).isEqualTo(.4);
    assertThat(verdict.level().meaning()).isEqualTo("the lowest objective that all others reached");
    assertThat(verdict.standings()).extracting(Standing::seconds).containsExactly(2.0, 1.0, null);
  }

  @Test
  void withTheOptimumTheLevelIsAPowerOfTenAboveIt() {
    Verdict verdict =
        Verdict.of(file(null, .2, run("sync", 1, .25, .2005), run("gossip", 1, .3, .203)));

    assertThat(verdict.level().objective()).isEqualTo(.2 + 1e-2);
    assertThat(verdict.headline()).contains("F − F* ≤ 1e-2");
    assertThat(verdict.findings())
        .contains(
            "sync ended lowest: final objectives are sync 0.2005 (F − F* = 5e-4) and gossip 0.203"
                + " (F − F* = 0.003).");
  }

  @Test
  void mllibIsAYardstickAndNeverTheWinner() {
    Verdict verdict =
        Verdict.of(
            file(
                0.5,
                null,
                run("mllib", .1, .5).algorithm("LogisticRegression"),
                run("sync", 1, .5),
                run("async", 2, .5)));

    assertThat(verdict.headline()).startsWith("sync reached").doesNotContain("mllib");
    assertThat(verdict.findings())
        .contains("MLlib's own LogisticRegression, the yardstick, got there in 100 ms.");
    assertThat(verdict.caveats()).anyMatch(words -> words.contains("another algorithm (L-BFGS"));
  }

  @Test
  void mllibAloneIsDescribed() {
    assertThat(headline(run("mllib", 1, .4)))
        .isEqualTo("mllib reached the target F ≤ 0.5 after 1 s and 1 epoch.");
  }

  @Test
  void throughputUnderSlowWorkersComesFirstBesideItsTheory() {
    Verdict verdict =
        Verdict.of(
            file(
                null,
                null,
                run("sync", 1, .5).slowWorker(.1, .1),
                run("async", 1, .5).slowWorker(.88, .8875)));

    assertThat(verdict.findings().get(0))
        .isEqualTo(
            "With slow workers, sync kept 10 % of its mini-batches per second (theory: 10 %) and"
                + " async kept 88 % of its mini-batches per second (theory: 88.8 %).");
  }

  @Test
  void waitingAndTestMetricsAreTold() {
    Verdict verdict =
        Verdict.of(
            file(
                null,
                null,
                run("sync", 1, .5).workers(2, 1, 3).accuracy(.85),
                run("async", 1, .4).workers(2, 1, 1).accuracy(.84)));

    assertThat(verdict.findings())
        .contains(
            "Share of the workers' time not spent computing: 75 % in sync and 50 % in async.",
            "On the test set, accuracy is 0.84 for async and 0.85 for sync.");
  }

  @Test
  void waitingIsWhatTheTimelinesCallWaitingNotAlsoTheCommunication() {
    Verdict verdict =
        Verdict.of(
            file(
                null,
                null,
                run("sync", 1, .5).workers(1, 1, 3).timeline(1, 2, 1),
                run("async", 1, .4).workers(1, 1, 1).timeline(1, 1, 0)));

    assertThat(verdict.findings())
        .contains("Share of the workers' time spent waiting: 25 % in sync and 0 % in async.");
  }

  @Test
  void caveatsFollowFromTheRuns() {
    Verdict verdict =
        Verdict.of(
            file(
                new Environment("local[2]", 2),
                null,
                null,
                run("sync", 1, .5).workers(8, 1, 1).settings(Map.of("step-size", "1")),
                run("async", 1, .5)
                    .seed(2)
                    .staleness(7, 30)
                    .settings(Map.of("step-size", "0.1", "stragglers", "worker 3 10x")),
                run("gossip", 1, .5).consensusDistance(.02)));

    assertThat(verdict.caveats())
        .anyMatch(words -> words.contains("Repeat with other seeds"))
        .contains(
            "All workers shared one machine, so no real network was involved, and 8 logical workers"
                + " ran on 2 cores: they took turns computing.",
            "The runs have different seeds, so they saw the data in different orders.",
            "The setting step-size differs: 1 for sync, 0.1 for async and 0.5 for gossip.")
        .anyMatch(words -> words.startsWith("Mini-batches were slowed down on purpose (worker 3"))
        .anyMatch(words -> words.contains("7 updates old on average when applied, at most 30"))
        .anyMatch(words -> words.contains("0.02 from it (consensus distance)"))
        .anyMatch(words -> words.startsWith("Updates are not alike"));
  }

  @Test
  void stepsThatAreMostlyOverheadAreACaveatOfSync() {
    // 10 updates in 1 s, so 100 ms each; 10 mini-batches per worker.
    assertThat(Verdict.of(file(null, null, run("sync", 1, .5).workers(2, .2, .8))).caveats())
        .contains(
            "A step of sync took 100 ms, of which a worker computed at most 20 ms on average; most"
                + " of the rest is Spark starting tasks. Larger mini-batches or models make that"
                + " matter less.");
    assertThat(Verdict.of(file(null, null, run("sync", 1, .5).workers(2, .3, .7))).caveats())
        .noneMatch(words -> words.startsWith("A step of"));
    assertThat(Verdict.of(file(null, null, run("gossip", 1, .5).workers(2, .2, .8))).caveats())
        .noneMatch(words -> words.startsWith("A step of"));
  }

  @Test
  void whatDoesNotApplyIsNotACaveat() {
    Verdict verdict =
        Verdict.of(
            file(
                new Environment("spark://there:7077", 16),
                null,
                null,
                run("sync", 1, .5).workers(8, 1, 1),
                run("gossip", 1, .5).consensusDistance(1e-12)));

    assertThat(verdict.caveats()).hasSize(1);
  }

  @Test
  void aTargetThatHoldsAtTheStartGivesNoFactor() {
    assertThat(Verdict.of(file(2.0, null, run("sync", 1, .5), run("async", 1, .5))).headline())
        .isEqualTo(
            "sync and async reached the target F ≤ 2 at about the same time, in 0 s and 0 s.");
  }

  @Test
  void whoeverStartsAtTheTargetIsFirstWithoutAFactor() {
    assertThat(headline(run("sync", 1, .5), run("async", 1, .4).startingAt(.5)))
        .isEqualTo("async reached the target F ≤ 0.5 first, in 0 s; sync took 1 s.");
  }

  private static String headline(HandMade... runs) {
    return Verdict.of(file(0.5, null, runs)).headline();
  }

  @Test
  void endsOfSeveralSeedsAreTheirMedian() {
    RunsFile file =
        HandMade.file(
            null,
            null,
            HandMade.run("sync", 1, 0.8, 0.6).seed(1).accuracy(0.7),
            HandMade.run("sync", 1, 0.8, 0.4).seed(2).accuracy(0.9),
            HandMade.run("sync", 1, 0.8, 0.5).seed(3).accuracy(0.75),
            HandMade.run("async", 1, 0.8, 0.7).accuracy(0.6));

    assertThat(Verdict.of(file).findings())
        .contains(
            "sync ended lowest: final objectives are sync 0.5 and async 0.7.",
            "On the test set, accuracy is 0.75 for sync and 0.6 for async.");
  }
}
