package dev.triptych.sync;

import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.spark.Versions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** What a synchronous run tells about itself. */
final class SyncReport {
  private SyncReport() {}

  /**
   * What was counted.
   *
   * @param steps in which gradients were added up
   * @param used gradients that were used, by worker
   * @param bytes sent by all, and received by all
   * @param busySeconds by worker
   * @param counters what else was counted, by name
   */
  record Totals(
      JavaSparkContext spark,
      int numTasks,
      long steps,
      long[] used,
      long bytes,
      double[] busySeconds,
      Map<String, Long> counters) {
    static Totals of(Step step) {
      long[] used = new long[step.busySeconds().length];
      Arrays.fill(used, step.gradients());
      return new Totals(
          step.spark(),
          step.numTasks(),
          step.steps(),
          used,
          step.bytes(),
          step.busySeconds(),
          Map.of());
    }
  }

  /**
   * @param updates of the weights; a step that only looked at the objective is none
   */
  static TrainingRun of(
      SyncSettings settings,
      Totals totals,
      StopReason reason,
      @Nullable Long divergedAt,
      double @Nullable [] weights,
      List<TracePoint> trace,
      double seconds,
      long updates) {
    RunSettings run = settings.run();
    double[] busySeconds = totals.busySeconds();
    List<WorkerActivity> activities = new ArrayList<>();
    for (int k = 0; k < busySeconds.length; k++) {
      activities.add(
          new WorkerActivity(
              k, totals.used()[k], busySeconds[k], Math.max(0, seconds - busySeconds[k])));
    }
    Map<String, String> words = new LinkedHashMap<>(run.inWords());
    words.put("sync-algorithm", settings.algorithm().optionName());
    if (settings.algorithm() == SyncSettings.Algorithm.LOCAL_SGD) {
      words.put("local-steps", String.valueOf(settings.localSteps()));
    }
    if (settings.algorithm().searchesLines()) {
      words.keySet().removeAll(List.of("step-size", "schedule", "optimizer", "batch"));
      words.put("tolerance", String.valueOf(settings.tolerance()));
    }
    words.put("aggregation", settings.aggregation().optionName());
    words.put(
        "bytes",
        settings.aggregation() == Aggregation.TREE
            ? "payload of broadcasts and results: at most 2 x tasks x weights a step"
            : "payload between tasks: 2 x (tasks - 1) x weights a step");
    if (settings.backupWorkers() > 0) {
      words.put("backup-workers", String.valueOf(settings.backupWorkers()));
    }
    words.put("tasks", String.valueOf(totals.numTasks()));
    return new TrainingRun(
        "sync",
        settings.algorithm().optionName(),
        words,
        run.seed(),
        Versions.here(totals.spark().sc()),
        reason,
        divergedAt,
        weights,
        trace,
        seconds,
        updates,
        Arrays.stream(totals.used()).sum(),
        totals.bytes(),
        totals.bytes(),
        null,
        null,
        activities,
        totals.counters());
  }
}
