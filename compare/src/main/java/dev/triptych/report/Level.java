package dev.triptych.report;

import dev.triptych.report.RunsFile.Run;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The objective at which runs are compared: the target if one was asked for; else, where the
 * optimum f* is known, the tightest f* + 10^−k that all modes reached; else the tightest objective
 * that all modes reached. Runs that diverged or never improved do not loosen it.
 *
 * @param objective F at or below which a run has reached the level
 * @param words for a sentence, such as {@code F − F* ≤ 1e-3}
 * @param isTarget whether it is the target
 */
public record Level(double objective, String words, boolean isTarget) {
  private static final int TIGHTEST_POWER = 12;

  /** The level of some runs, or null if none of them improved. */
  static @Nullable Level of(RunsFile.Problem problem, List<Run> runs) {
    Double target = problem.target();
    if (target != null) {
      return new Level(target, "the target F ≤ " + Words.objective(target), true);
    }
    List<Run> improved = runs.stream().filter(run -> !run.diverged() && improved(run)).toList();
    if (improved.isEmpty()) {
      return null;
    }
    double common = improved.stream().mapToDouble(Run::lowestObjective).max().orElseThrow();
    Double optimum = problem.optimum();
    if (optimum != null) {
      double start =
          improved.stream().mapToDouble(run -> run.trace().get(0).objective()).min().orElseThrow();
      for (int power = TIGHTEST_POWER; power >= 0; power--) {
        double objective = optimum + Math.pow(10, -power);
        if (common <= objective && objective < start) {
          return new Level(objective, "F − F* ≤ 1e-" + power, false);
        }
      }
    }
    String words = "F ≤ " + Words.objective(common);
    return new Level(
        common, improved.size() == 1 ? words : words + " (the lowest that all reached)", false);
  }

  private static boolean improved(Run run) {
    return !run.trace().isEmpty() && run.lowestObjective() < run.trace().get(0).objective();
  }
}
