package dev.triptych.core.training;

import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import java.io.Serializable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all three modes share.
 *
 * @param numWorkers N ≥ 1 logical workers
 * @param epochs passes over the data in all, counted in examples processed by all workers together
 * @param batchSize examples per worker and mini-batch; 0 for all local examples
 * @param stepSize schedule
 * @param optimizer rule that applies gradients
 * @param target stop when F(w) ≤ target; null to run all epochs
 * @param seed of the data order and of everything else that is drawn
 * @param stragglers slow workers
 * @param maxWait bound of every single wait; a longer one fails and names whom it waited for
 * @param snapshots how many trace points to aim at
 */
public record RunSettings(
    int numWorkers,
    double epochs,
    int batchSize,
    StepSize stepSize,
    Optimizer optimizer,
    @Nullable Double target,
    long seed,
    Stragglers stragglers,
    Duration maxWait,
    int snapshots)
    implements Serializable {
  /** Memory that the snapshots of one run may take. */
  public static final long MAX_SNAPSHOT_BYTES = 512L << 20;

  public RunSettings {
    require(numWorkers >= 1, "workers must be at least 1, got " + numWorkers);
    require(epochs > 0 && Double.isFinite(epochs), "epochs must be positive, got " + epochs);
    require(batchSize >= 0, "batch must not be negative, got " + batchSize);
    require(target == null || Double.isFinite(target), "target must be a number, got " + target);
    require(
        !maxWait.isNegative() && !maxWait.isZero(),
        "the longest wait must be positive, got " + maxWait);
    require(snapshots >= 4, "at least 4 snapshots, got " + snapshots);
  }

  /** The same settings for another number of epochs, all of which are done. */
  public RunSettings withoutTarget(double otherEpochs) {
    return new RunSettings(
        numWorkers,
        otherEpochs,
        batchSize,
        stepSize,
        optimizer,
        null,
        seed,
        stragglers,
        maxWait,
        snapshots);
  }

  /** The same settings with other stragglers. */
  public RunSettings withStragglers(Stragglers other) {
    return new RunSettings(
        numWorkers,
        epochs,
        batchSize,
        stepSize,
        optimizer,
        target,
        seed,
        other,
        maxWait,
        snapshots);
  }

  /** The same settings with another seed; stragglers keep theirs. */
  public RunSettings withSeed(long other) {
    return new RunSettings(
        numWorkers,
        epochs,
        batchSize,
        stepSize,
        optimizer,
        target,
        other,
        stragglers,
        maxWait,
        snapshots);
  }

  /** The settings under their names on the command line, for results and reports. */
  public Map<String, String> inWords() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("workers", String.valueOf(numWorkers));
    words.put("epochs", String.valueOf(epochs));
    words.put("batch", batchSize == 0 ? "all" : String.valueOf(batchSize));
    words.put("step-size", String.valueOf(stepSize.initial()));
    words.put("schedule", stepSize.schedule().optionName());
    words.put("optimizer", optimizer.name());
    if (target != null) {
      words.put("target", String.valueOf(target));
    }
    words.put("seed", String.valueOf(seed));
    if (!stragglers.isNone()) {
      words.put("stragglers", stragglers.toString());
    }
    return words;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
