package dev.triptych.async.train;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.checkpoint.Fingerprint;
import dev.triptych.spark.data.TrainingData;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What has to be the same when a saved run goes on, or a recorded order is replayed: data, model
 * and how it is trained.
 */
final class RunFingerprint {
  private RunFingerprint() {}

  /** By name, the most telling first; reads all data once, as a Spark job. */
  static Map<String, String> of(Objective objective, TrainingData data, AsyncSettings settings) {
    Map<String, String> words = Fingerprint.of(objective, data, settings.run());
    words.put("push-every", String.valueOf(settings.traffic().pushEvery()));
    words.put("consistency", settings.consistency().toString());
    words.put("delay-rule", settings.delayRule().toString());
    words.put("shards", String.valueOf(settings.servers()));
    return words;
  }

  /** All that decides the weights but for the order; in one line. */
  static String ofOrder(Objective objective, TrainingData data, AsyncSettings settings) {
    RunSettings run = settings.run();
    Map<String, String> words = new LinkedHashMap<>(run.inWords());
    words.remove("stragglers");
    words.put("consistency", settings.consistency().toString());
    words.put("delay-rule", settings.delayRule().toString());
    words.put("constants", run.optimizer().constants().toString());
    words.put("servers", String.valueOf(settings.servers()));
    words.put("parameters", String.valueOf(objective.model().numParameters()));
    words.put("push-every", String.valueOf(settings.traffic().pushEvery()));
    words.put("rows", Arrays.toString(data.rowsPerWorker()));
    words.put("lambda", String.valueOf(objective.lambda()));
    return words.toString();
  }
}
