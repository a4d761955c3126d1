package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AutoStepSize;
import dev.triptych.core.optimizer.Ftrl;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.data.TrainingData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to train, whatever the mode. */
final class RunOptions {
  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "4",
      description = "Logical workers (default: ${DEFAULT-VALUE}).")
  int workers;

  @Option(
      names = "--epochs",
      paramLabel = "E",
      defaultValue = "10",
      description =
          "Passes over the data, counted over all workers together (default: ${DEFAULT-VALUE}).")
  double epochs;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "128",
      description = "Examples per worker and mini-batch; 0 for all (default: ${DEFAULT-VALUE}).")
  int batch;

  @Option(
      names = "--step-size",
      paramLabel = "A",
      defaultValue = "auto",
      description =
          "Initial step size, or auto: from the scale of the data (default: ${DEFAULT-VALUE}).")
  String stepSize = "auto";

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "How the step size falls: constant, inverse, inverse-sqrt (default: constant for adagrad and ftrl, else inverse-sqrt).")
  @Nullable String schedule;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description =
          "sgd, momentum, adagrad, adam or ftrl (default: adagrad; sgd for --sync-algorithm gd).")
  @Nullable String optimizer;

  @Option(
      names = "--ftrl",
      paramLabel = "BETA,L1,L2",
      description =
          "Constants of --optimizer ftrl: beta and its own L1 and L2, which are no part of the objective (default: 1,0,0).")
  @Nullable String ftrl;

  @Option(
      names = "--target",
      paramLabel = "F",
      description = "Stop when the objective is at most F; the time to it is reported.")
  @Nullable Double target;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of everything that is drawn (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--seeds",
      paramLabel = "K",
      defaultValue = "1",
      description =
          "Runs per mode, with the seeds --seed, --seed + 1, ...: mini-batches, initial weights and"
              + " drawn delays differ, the placement of the data does not; the model of the first is"
              + " saved (default: ${DEFAULT-VALUE}).")
  int seeds;

  @Option(
      names = "--slow-worker",
      paramLabel = "W:Kx",
      description = "Make worker W K times slower, such as 3:10x; may be repeated.",
      split = ",")
  @Nullable List<String> slowWorkers;

  @Option(
      names = "--compute-delay",
      paramLabel = "D",
      description =
          "Every mini-batch takes at least D (5ms), or an exponential time of mean D (exp:5ms).")
  @Nullable String computeDelay;

  @Option(
      names = "--max-wait",
      paramLabel = "D",
      defaultValue = "60s",
      description =
          "Longest time anything waits for anyone before the run fails and says for whom (default: ${DEFAULT-VALUE}).")
  String maxWait = "60s";

  @Option(
      names = "--snapshots",
      paramLabel = "K",
      defaultValue = "60",
      description = "Trace points to aim at (default: ${DEFAULT-VALUE}).")
  int snapshots;

  /** Checks what can be checked before any data is read. */
  void check() {
    if (workers < 1) {
      throw new InvalidInputException("--workers: expected at least 1, got " + workers);
    }
    if (!(epochs > 0) || Double.isInfinite(epochs)) {
      throw new InvalidInputException("--epochs: expected a positive number, got " + epochs);
    }
    if (seeds < 1) {
      throw new InvalidInputException("--seeds: expected at least 1, got " + seeds);
    }
    if (batch < 0) {
      throw new InvalidInputException("--batch: expected 0 (all) or more, got " + batch);
    }
    if (snapshots < 4) {
      throw new InvalidInputException("--snapshots: expected at least 4, got " + snapshots);
    }
    Double objective = target;
    if (objective != null && !Double.isFinite(objective)) {
      throw new InvalidInputException("--target: expected a finite number, got " + objective);
    }
    if (optimizer != null) {
      Choice.of("--optimizer", optimizer, Optimizers.names());
    }
    StepSize.Schedule falling = schedule == null ? null : scheduleNamed(schedule);
    if (isFtrl() && falling != null && falling != StepSize.Schedule.CONSTANT) {
      throw new InvalidInputException(
          "--schedule: --optimizer ftrl needs constant, it falls by itself; got " + schedule);
    }
    ftrlNamed();
    if (!stepSize.equals("auto")) {
      explicitStepSize();
    }
    stragglers();
    longestWait();
  }

  /** Settings for one mode. */
  RunSettings settings(Objective objective, TrainingData data, boolean fullBatchDescent) {
    String optimizerName = optimizer != null ? optimizer : fullBatchDescent ? "sgd" : "adagrad";
    Optimizer rule = isFtrl() ? ftrlNamed() : Optimizers.byName(optimizerName).orElseThrow();
    double meanStored = (double) data.numStored() / data.numRows();
    double curvature =
        objective.model().curvatureBound(data.meanSquaredNorm()) + objective.lambda();
    double initial =
        stepSize.equals("auto")
            ? AutoStepSize.of(
                optimizerName, Math.max(curvature, 1e-12), data.meanSquaredNorm(), meanStored)
            : explicitStepSize();
    StepSize.Schedule falling =
        schedule != null
            ? scheduleNamed(schedule)
            : fullBatchDescent ? StepSize.Schedule.CONSTANT : AutoStepSize.schedule(optimizerName);
    return new RunSettings(
        workers,
        epochs,
        batch,
        new StepSize(falling, initial),
        rule,
        target,
        seed,
        stragglers(),
        longestWait(),
        snapshots);
  }

  /** FTRL's weights are a function of its state: nobody else may change them. */
  boolean isFtrl() {
    return "ftrl".equals(optimizer);
  }

  private Ftrl ftrlNamed() {
    String constants = ftrl;
    if (constants == null) {
      return new Ftrl(1, 0, 0);
    }
    if (!isFtrl()) {
      throw new InvalidInputException("--ftrl: only --optimizer ftrl has these constants");
    }
    String[] parts = constants.split(",", -1);
    try {
      if (parts.length == 3) {
        return new Ftrl(
            Double.parseDouble(parts[0]),
            Double.parseDouble(parts[1]),
            Double.parseDouble(parts[2]));
      }
    } catch (IllegalArgumentException e) {
      // Told below, with the same words as for a wrong number of constants.
    }
    throw new InvalidInputException(
        "--ftrl: expected BETA,L1,L2, finite and not negative, such as 1,0.5,0; got \""
            + constants
            + "\"");
  }

  Stragglers stragglers() {
    return stragglers(seed);
  }

  /** The same, drawn with another seed. */
  Stragglers stragglers(long drawnBy) {
    Map<Integer, Double> factors = new HashMap<>();
    for (String text : slowWorkers == null ? List.<String>of() : slowWorkers) {
      String[] parts = text.split(":", -1);
      try {
        int worker = Integer.parseInt(parts[0]);
        double factor =
            Double.parseDouble(
                parts[1].endsWith("x") ? parts[1].substring(0, parts[1].length() - 1) : parts[1]);
        if (parts.length != 2
            || worker < 0
            || worker >= workers
            || !(factor >= 1)
            || Double.isInfinite(factor)) {
          throw new NumberFormatException();
        }
        factors.put(worker, factor);
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new InvalidInputException(
            "--slow-worker: expected WORKER:FACTORx with a worker below "
                + workers
                + " and a factor of at least 1, such as "
                + (workers - 1)
                + ":10x, got \""
                + text
                + "\"",
            e);
      }
    }
    String delay = computeDelay;
    if (delay == null) {
      return Stragglers.of(0, false, factors, drawnBy);
    }
    boolean exponential = delay.startsWith("exp:");
    Duration duration =
        Durations.parse("--compute-delay", exponential ? delay.substring(4) : delay);
    return Stragglers.of(duration.toNanos(), exponential, factors, drawnBy);
  }

  /** Bound of any single wait. */
  Duration longestWait() {
    Duration wait = Durations.parse("--max-wait", maxWait);
    if (wait.isZero()) {
      throw new InvalidInputException(
          "--max-wait: expected more than nothing, got \"" + maxWait + "\"");
    }
    return wait;
  }

  private double explicitStepSize() {
    try {
      double value = Double.parseDouble(stepSize);
      if (value > 0 && !Double.isInfinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, with the same words as for a number out of range.
    }
    throw new InvalidInputException(
        "--step-size: expected a positive number or auto, got \"" + stepSize + "\"");
  }

  private static StepSize.Schedule scheduleNamed(String name) {
    List<String> names = new ArrayList<>();
    for (StepSize.Schedule schedule : StepSize.Schedule.values()) {
      names.add(schedule.optionName());
    }
    Choice.of("--schedule", name, names);
    return Arrays.stream(StepSize.Schedule.values())
        .filter(schedule -> schedule.optionName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
