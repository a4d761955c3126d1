package dev.triptych.spark.checkpoint;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.data.TrainingData;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** What has to be the same in every mode when a saved run goes on: data, model and settings. */
public final class Fingerprint {
  private Fingerprint() {}

  /**
   * By name, the most telling first; reads all data once, as a Spark job. The caller adds what is
   * its mode's own; no value may have more than one line.
   */
  public static Map<String, String> of(Objective objective, TrainingData data, RunSettings run) {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("model", objective.model().getClass().getSimpleName());
    if (objective.model() instanceof LinearModel linear) {
      words.put("loss", linear.loss().getClass().getSimpleName());
      words.put("intercept", String.valueOf(linear.hasIntercept()));
    }
    words.put("parameters", String.valueOf(objective.model().numParameters()));
    words.put("lambda", String.valueOf(objective.lambda()));
    words.put("l1", String.valueOf(objective.regularizer().l1()));
    words.put("workers", String.valueOf(run.numWorkers()));
    words.put("rows", String.valueOf(data.numRows()));
    words.put("data", contentOf(data));
    words.put("optimizer", run.optimizer().name() + run.optimizer().constants());
    words.put("step-size", String.valueOf(run.stepSize().initial()));
    words.put("schedule", run.stepSize().schedule().optionName());
    words.put("batch", String.valueOf(run.batchSize()));
    words.put("epochs", String.valueOf(run.epochs()));
    words.put("seed", String.valueOf(run.seed()));
    words.replaceAll((name, value) -> value.replace('\n', ' '));
    return words;
  }

  private static String contentOf(TrainingData data) {
    CRC32C all = new CRC32C();
    for (Long part : data.blocks().map(Fingerprint::contentOf).collect()) {
      all.update(ByteBuffer.allocate(Long.BYTES).putLong(part).flip());
    }
    return "%08x".formatted(all.getValue());
  }

  private static long contentOf(ExampleBlock block) {
    CRC32C checksum = new CRC32C();
    ByteBuffer row = ByteBuffer.allocate(1 << 13);
    for (int r = 0; r < block.numRows(); r++) {
      put(row, checksum, Double.doubleToLongBits(block.label(r)));
      put(row, checksum, Double.doubleToLongBits(block.weight(r)));
      int length = block.rowLength(r);
      put(row, checksum, length);
      for (int k = 0; k < length; k++) {
        put(row, checksum, block.columnAt(r, k));
        put(row, checksum, Double.doubleToLongBits(block.valueAt(r, k)));
      }
    }
    checksum.update(row.flip());
    return checksum.getValue();
  }

  private static void put(ByteBuffer row, CRC32C checksum, long value) {
    if (row.remaining() < Long.BYTES) {
      checksum.update(row.flip());
      row.clear();
    }
    row.putLong(value);
  }
}
