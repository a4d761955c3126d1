package dev.triptych.async.train;

import dev.triptych.spark.checkpoint.Checkpoints;
import dev.triptych.testing.SparkSessions;
import java.io.File;
import java.util.Locale;

/** A driver that is killed, without any farewell, when its run has saved two checkpoints. */
final class KilledDriver {
  static final int EXIT = 137;

  private KilledDriver() {}

  public static void main(String[] arguments) {
    File directory = new File(arguments[0]);
    AsyncTrainer.run(
        CheckpointIT.LOGISTIC,
        Problems.data(SparkSessions.local2Context(), CheckpointIT.blocks()),
        CheckpointIT.settings(
            CheckpointIT.run(Boolean.parseBoolean(arguments[1].toLowerCase(Locale.ROOT))),
            new Durability(1, new Checkpoints(directory.toString(), null, 1), null)),
        (epochs, of) -> {
          String[] saved = directory.list((folder, name) -> name.startsWith("checkpoint-"));
          if (saved != null && saved.length >= 2) {
            Runtime.getRuntime().halt(EXIT);
          }
        });
  }
}
