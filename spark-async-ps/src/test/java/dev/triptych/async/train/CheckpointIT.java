package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.testing.JavaProcess;
import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that saves itself, whose driver is killed, and that goes on in another application. */
@Timeout(400)
class CheckpointIT {
  static final Objective LOGISTIC =
      new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);

  static List<ExampleBlock> blocks() {
    return Problems.logistic(3, 100);
  }

  /** Twelve epochs; so slow that two are over long before the end. */
  static RunSettings run(boolean paced) {
    Stragglers pace = Stragglers.of(paced ? 20_000_000 : 0, false, Map.of(), 1);
    return Problems.settings(3, 12, 10, 0.05, new Adam(0.9, 0.999), null, pace);
  }

  static AsyncSettings settings(RunSettings run, Durability durability) {
    return AsyncSettings.of(run, 2, Deployment.DRIVER, Consistency.bsp())
        .withDurability(durability);
  }

  @Test
  void aRunWhoseDriverWasKilledGoesOnAndEndsWithTheSameBits(@TempDir Path folder) throws Exception {
    try (JavaProcess driver =
        JavaProcess.of("driver", KilledDriver.class.getName())
            .arguments(folder.toString(), "true")
            .start()) {
      assertThat(driver.awaitExit(Duration.ofSeconds(200)))
          .as(driver.output())
          .isEqualTo(KilledDriver.EXIT);
    }
    // it may have been killed when the newest was there and the oldest not yet deleted
    assertThat(checkpoints(folder)).as("the newest two are kept").hasSizeBetween(2, 3);
    TrainingRun uninterrupted = train(LOGISTIC, blocks(), run(false), Durability.none());
    TrainingRun resumed =
        train(LOGISTIC, blocks(), run(false), new Durability(1, null, folder.toString()));
    assertThat(resumed.updates()).isEqualTo(uninterrupted.updates());
    assertThat(resumed.weights())
        .as("seed %d", Problems.SEED)
        .containsExactly(uninterrupted.weights());
    assertThat(resumed.trace().get(0).updates()).as("the trace is whole").isZero();
    assertThat(resumed.settings()).containsEntry("resumed", "yes");
    assertForeignAndDamagedCheckpointsAreRefused(folder);
  }

  private static void assertForeignAndDamagedCheckpointsAreRefused(Path folder) throws IOException {
    Durability resuming = new Durability(1, null, folder.toString());
    List<ExampleBlock> others = blocks();
    double[] labels = new double[100];
    Arrays.fill(labels, 1);
    others.set(
        2, ExampleBlock.dense(Problems.FEATURES, labels, new double[100 * Problems.FEATURES]));
    assertRefused(LOGISTIC, others, run(false), resuming, "is of a run with data ");
    RunSettings adaGrad = Problems.settings(3, 12, 10, 0.05, new AdaGrad());
    assertRefused(LOGISTIC, blocks(), adaGrad, resuming, "optimizer adam[0.9, 0.999], this one");
    Objective stronger =
        new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-1);
    assertRefused(stronger, blocks(), run(false), resuming, "lambda 0.01, this one has 0.1");
    Path state = newest(folder).resolve("shard-1.state");
    Files.deleteIfExists(state.resolveSibling("." + state.getFileName() + ".crc"));
    byte[] good = Files.readAllBytes(state);
    byte[] bad = good.clone();
    bad[bad.length / 2] ^= 1;
    Files.write(state, bad);
    assertRefused(LOGISTIC, blocks(), run(false), resuming, "shard-1.state: its checksum is wrong");
    Files.write(state, Arrays.copyOf(good, good.length - 7));
    assertRefused(LOGISTIC, blocks(), run(false), resuming, "bytes, expected " + good.length);
    Files.delete(newest(folder).resolve("manifest"));
    assertRefused(LOGISTIC, blocks(), run(false), resuming, "the checkpoint is damaged");
    Durability nowhere = new Durability(1, null, folder.resolve("none").toString());
    assertRefused(LOGISTIC, blocks(), run(false), nowhere, "no checkpoint in");
  }

  private static void assertRefused(
      Objective objective,
      List<ExampleBlock> blocks,
      RunSettings run,
      Durability durability,
      String words) {
    assertThatThrownBy(() -> train(objective, blocks, run, durability))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("--resume")
        .hasMessageContaining(words);
  }

  private static TrainingRun train(
      Objective objective, List<ExampleBlock> blocks, RunSettings run, Durability durability) {
    return AsyncTrainer.run(
            objective,
            Problems.data(SparkSessions.local2Context(), blocks),
            settings(run, durability),
            ProgressListener.SILENT)
        .run();
  }

  private static List<Path> checkpoints(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("checkpoint-"))
          .sorted()
          .toList();
    }
  }

  private static Path newest(Path folder) throws IOException {
    List<Path> all = checkpoints(folder);
    return all.get(all.size() - 1);
  }
}
