package dev.triptych.sync;

import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.spark.Versions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a synchronous run tells about itself. */
final class SyncReport {
  private SyncReport() {}

  /**
   * @param updates of the weights; a step that only looked at the objective is none
   */
  static TrainingRun of(
      SyncSettings settings,
      Step step,
      StopReason reason,
      @Nullable Long divergedAt,
      double[] weights,
      List<TracePoint> trace,
      double seconds,
      long updates) {
    RunSettings run = settings.run();
    double[] busySeconds = step.busySeconds();
    List<WorkerActivity> activities = new ArrayList<>();
    for (int k = 0; k < busySeconds.length; k++) {
      activities.add(
          new WorkerActivity(
              k, step.steps(), busySeconds[k], Math.max(0, seconds - busySeconds[k])));
    }
    Map<String, String> words = new LinkedHashMap<>(run.inWords());
    words.put("sync-algorithm", settings.algorithm().optionName());
    if (settings.algorithm() == SyncSettings.Algorithm.LBFGS) {
      words.keySet().removeAll(List.of("step-size", "schedule", "optimizer", "batch"));
      words.put("tolerance", String.valueOf(settings.tolerance()));
    }
    words.put("aggregation", "tree");
    words.put("bytes", "payload of broadcasts and results: 2 x tasks x weights a step");
    words.put("tasks", String.valueOf(step.numTasks()));
    return new TrainingRun(
        "sync",
        settings.algorithm().optionName(),
        words,
        run.seed(),
        Versions.here(step.spark().sc()),
        reason,
        divergedAt,
        weights,
        trace,
        seconds,
        updates,
        step.steps() * run.numWorkers(),
        step.bytes(),
        step.bytes(),
        null,
        null,
        activities);
  }
}
