package dev.triptych.report;

import dev.triptych.async.delay.DelayRule;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.report.RunsFile.Run;
import dev.triptych.report.RunsFile.Staleness;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The step size that a delay rule left for gradients of each staleness, with the schedule as it was
 * at the start.
 *
 * @param rule as on the command line
 * @param initial α(0)
 * @param mean over the applied gradients
 * @param steps entry τ is the step size for staleness τ, null where the rule discards the gradient
 */
record EffectiveStep(String rule, double initial, double mean, List<@Nullable Double> steps) {
  private static final int MAX_STEPS = 256;

  /** Of a run of the parameter server; null of any other. */
  static @Nullable EffectiveStep of(Run run) {
    Staleness staleness = run.staleness();
    String words = run.settings().get("delay-rule");
    String stepSize = run.settings().get("step-size");
    if (staleness == null || words == null || stepSize == null || run.workers().isEmpty()) {
      return null;
    }
    DelayRule rule;
    double initial;
    try {
      rule = DelayRules.parse(words);
      initial = Double.parseDouble(stepSize);
    } catch (IllegalArgumentException e) {
      return null; // written by a version that had other rules
    }
    int workers = run.workers().size();
    List<@Nullable Double> steps = new ArrayList<>();
    double sum = 0;
    long gradients = 0;
    for (int delay = 0; delay < staleness.histogram().size(); delay++) {
      boolean discards = rule.discards(delay);
      double step = discards ? 0 : rule.stepSize(initial, initial, delay, workers);
      if (delay < MAX_STEPS) {
        steps.add(discards ? null : step);
      }
      sum += staleness.histogram().get(delay) * step;
      gradients += staleness.histogram().get(delay);
    }
    return gradients == 0 ? null : new EffectiveStep(words, initial, sum / gradients, steps);
  }
}
