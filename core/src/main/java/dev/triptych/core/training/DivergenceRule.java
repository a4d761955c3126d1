package dev.triptych.core.training;

import java.util.List;

/**
 * When a run whose numbers stayed finite has diverged all the same: it ended with an objective more
 * than {@link #GROWTH} times that of its start. Pure.
 */
public final class DivergenceRule {
  /** Growth of F over F(w_0) that no useful step size causes. */
  public static final double GROWTH = 10;

  /** Stands for F(w_0) where that is zero. */
  private static final double TINY = 1e-12;

  private DivergenceRule() {}

  /** Whether every value is a finite number. */
  public static boolean isFinite(double[] vector) {
    double sum = 0;
    for (double v : vector) {
      sum += v * 0;
    }
    return sum == 0;
  }

  /**
   * The run itself, or the same run marked as diverged at the update from which on its objective
   * stayed above the bound.
   */
  public static TrainingRun judge(TrainingRun run) {
    List<TracePoint> trace = run.trace();
    if (run.stopReason() == StopReason.DIVERGED || trace.isEmpty()) {
      return run;
    }
    double bound = GROWTH * Math.max(trace.get(0).objective(), TINY);
    int first = trace.size();
    while (first > 1 && !(trace.get(first - 1).objective() <= bound)) {
      first--;
    }
    return first == trace.size() ? run : run.divergedAt(trace.get(first).updates());
  }
}
