package dev.triptych.report;

import dev.triptych.report.RunsFile.Data;
import dev.triptych.report.RunsFile.Environment;
import dev.triptych.report.RunsFile.Point;
import dev.triptych.report.RunsFile.Problem;
import dev.triptych.report.RunsFile.Run;
import dev.triptych.report.RunsFile.SlowWorker;
import dev.triptych.report.RunsFile.SpanTotals;
import dev.triptych.report.RunsFile.Staleness;
import dev.triptych.report.RunsFile.Timeline;
import dev.triptych.report.RunsFile.TimelineWorker;
import dev.triptych.report.RunsFile.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs written by hand, one property at a time. */
final class HandMade {
  private final String mode;
  private String algorithm = "sgd";
  private Map<String, String> settings = Map.of("step-size", "0.5");
  private long seed = 1;
  private String stopReason = "completed";
  private @Nullable Long divergedAtUpdate;
  private Map<String, Double> metrics = Map.of();
  private @Nullable Staleness staleness;
  private @Nullable Double consensusDistance;
  private List<Worker> workers = List.of();
  private @Nullable SlowWorker slowWorker;
  private @Nullable Timeline timeline;
  private final List<Point> trace = new ArrayList<>();

  private HandMade(String mode) {
    this.mode = mode;
  }

  /** A run that starts at F = 1 and falls to one objective after so many seconds. */
  static HandMade run(String mode, double seconds, double... objectives) {
    HandMade run = new HandMade(mode);
    run.trace.add(new Point(0, 0, 0, 1, null, 0L, null, null));
    for (int i = 0; i < objectives.length; i++) {
      double at = seconds * (i + 1);
      run.trace.add(
          new Point(at, i + 1, 10L * (i + 1), objectives[i], null, 1000L * (i + 1), null, null));
    }
    return run;
  }

  HandMade algorithm(String name) {
    algorithm = name;
    return this;
  }

  HandMade settings(Map<String, String> words) {
    settings = words;
    return this;
  }

  HandMade seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  HandMade startingAt(double objective) {
    trace.set(0, new Point(0, 0, 0, objective, null, 0L, null, null));
    return this;
  }

  HandMade divergedAt(long update) {
    stopReason = Run.DIVERGED;
    divergedAtUpdate = update;
    return this;
  }

  HandMade accuracy(double accuracy) {
    return metrics(Map.of("accuracy", accuracy));
  }

  HandMade metrics(Map<String, Double> byName) {
    metrics = byName;
    return this;
  }

  HandMade staleness(double mean, long max) {
    staleness = new Staleness(List.of(1L), mean, max);
    return this;
  }

  HandMade histogram(List<Long> counts) {
    staleness = new Staleness(counts, 1, counts.size() - 1);
    return this;
  }

  /** So many bytes by the first point after the start, and by each later one. */
  HandMade bytes(long bytes) {
    for (int i = 1; i < trace.size(); i++) {
      Point p = trace.get(i);
      trace.set(
          i,
          new Point(p.seconds(), p.epochs(), p.updates(), p.objective(), null, bytes, null, null));
    }
    return this;
  }

  HandMade consensusDistance(double distance) {
    consensusDistance = distance;
    return this;
  }

  HandMade workers(int count, double computeSeconds, double waitSeconds) {
    workers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      workers.add(new Worker(i, 10, computeSeconds, waitSeconds));
    }
    return this;
  }

  /** One worker's time, in seconds. */
  HandMade timeline(double computing, double communicating, double waiting) {
    SpanTotals totals = new SpanTotals(computing, communicating, waiting);
    timeline =
        new Timeline(
            Timeline.SECONDS, List.of(new TimelineWorker(0, List.of(), totals)), true, List.of());
    return this;
  }

  HandMade slowWorker(double ratio, double theory) {
    slowWorker = new SlowWorker(1000, 1000 * ratio, ratio, theory);
    return this;
  }

  Run build() {
    Point last = trace.get(trace.size() - 1);
    return new Run(
        mode,
        algorithm,
        settings,
        seed,
        Map.of("triptych", "0.1.0"),
        stopReason,
        divergedAtUpdate,
        stopReason.equals(Run.DIVERGED) ? null : last.objective(),
        metrics,
        null,
        last.seconds(),
        last.updates(),
        null,
        last.bytes(),
        last.bytes(),
        staleness,
        consensusDistance,
        workers,
        List.of(),
        slowWorker,
        Map.of(),
        null,
        timeline,
        null,
        trace);
  }

  static RunsFile file(@Nullable Double target, @Nullable Double optimum, HandMade... runs) {
    return file(null, target, optimum, runs);
  }

  static RunsFile file(
      @Nullable Environment environment,
      @Nullable Double target,
      @Nullable Double optimum,
      HandMade... runs) {
    return new RunsFile(
        null,
        environment,
        new Problem("logistic", 1e-4, false, target, optimum),
        new Data("a9a", 100, 10, 500, null, Map.of()),
        List.of(runs).stream().map(HandMade::build).toList());
  }
}
