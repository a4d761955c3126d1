package dev.triptych.report;

import dev.triptych.core.timeline.Timeline;
import dev.triptych.core.training.StalenessHistogram;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.report.RunsFile.Graph;
import dev.triptych.report.RunsFile.Point;
import dev.triptych.report.RunsFile.Run;
import dev.triptych.report.RunsFile.Shard;
import dev.triptych.report.RunsFile.SlowWorker;
import dev.triptych.report.RunsFile.Staleness;
import dev.triptych.report.RunsFile.Worker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Converts what a trainer returns, and gives runs the names they have in reports. */
public final class Runs {
  private Runs() {}

  /** A run that did not gossip, or whose graph is not drawn. */
  public static Run of(
      TrainingRun run,
      @Nullable Double target,
      Map<String, Double> finalTestMetrics,
      @Nullable SlowWorker slowWorker) {
    return of(run, target, finalTestMetrics, slowWorker, null);
  }

  /**
   * A run for {@code runs.json}. Points whose objective is not finite are left out; so are the
   * bytes of a mode that does not count any.
   *
   * @param target objective at which {@code secondsToTarget} is taken, or null
   * @param finalTestMetrics of the final weights, by name; empty without a test set
   * @param slowWorker what slow workers cost, or null
   * @param graph over which it gossiped, or null
   */
  public static Run of(
      TrainingRun run,
      @Nullable Double target,
      Map<String, Double> finalTestMetrics,
      @Nullable SlowWorker slowWorker,
      @Nullable Graph graph) {
    boolean countsBytes = run.bytesSent() > 0 || run.bytesReceived() > 0;
    List<Point> trace = new ArrayList<>();
    for (TracePoint point : run.trace()) {
      if (Double.isFinite(point.objective())) {
        trace.add(
            new Point(
                point.seconds(),
                point.epochs(),
                point.updates(),
                point.objective(),
                finiteOrNull(point.testMetric()),
                countsBytes ? point.bytes() : null,
                finiteOrNull(point.consensusDistance()),
                point.maxStaleness(),
                point.nodeObjectives().stream().allMatch(Double::isFinite)
                    ? point.nodeObjectives()
                    : List.of()));
      }
    }
    Map<String, Double> metrics = new LinkedHashMap<>(finalTestMetrics);
    metrics.values().removeIf(value -> !Double.isFinite(value));
    return new Run(
        run.mode(),
        run.algorithm(),
        run.settings(),
        run.seed(),
        run.versions(),
        words(run.stopReason()),
        run.divergedAtUpdate(),
        run.trace().isEmpty() ? null : finiteOrNull(run.finalObjective()),
        metrics,
        target == null ? null : run.secondsTo(target),
        run.trainSeconds(),
        run.updates(),
        run.batches() > 0 ? run.batches() : null,
        countsBytes ? run.bytesSent() : null,
        countsBytes ? run.bytesReceived() : null,
        staleness(run.staleness()),
        finiteOrNull(run.consensusDistance()),
        run.workers().stream()
            .map(
                w ->
                    new Worker(
                        w.worker(),
                        w.batches(),
                        w.computeSeconds(),
                        w.waitSeconds(),
                        staleness(w.staleness())))
            .toList(),
        run.shards().stream()
            .map(
                s ->
                    new Shard(
                        s.shard(),
                        s.server(),
                        s.parameters(),
                        s.updates(),
                        s.bytesReceived(),
                        s.bytesSent()))
            .toList(),
        slowWorker,
        run.counters(),
        graph,
        timeline(run),
        null,
        trace);
  }

  /**
   * A short name for each run, in order: its mode; where a mode occurs more than once also the
   * first of algorithm, settings and seed that tells its runs apart, or a number if nothing does.
   */
  public static List<String> labels(List<Run> runs) {
    List<String> labels = new ArrayList<>();
    for (Run run : runs) {
      List<Run> ofMode = runs.stream().filter(other -> other.mode().equals(run.mode())).toList();
      labels.add(ofMode.size() == 1 ? run.mode() : run.mode() + " " + distinction(run, ofMode));
    }
    return labels;
  }

  private static String distinction(Run run, List<Run> ofMode) {
    if (ofMode.stream().map(Run::algorithm).distinct().count() == ofMode.size()) {
      return run.algorithm();
    }
    for (Map.Entry<String, String> setting : run.settings().entrySet()) {
      String key = setting.getKey();
      if (ofMode.stream().map(r -> r.settings().getOrDefault(key, "")).distinct().count()
          == ofMode.size()) {
        return key + " " + setting.getValue();
      }
    }
    if (ofMode.stream().map(Run::seed).distinct().count() == ofMode.size()) {
      return "seed " + run.seed();
    }
    return "#" + (identityIndex(run, ofMode) + 1);
  }

  private static int identityIndex(Run run, List<Run> runs) {
    for (int i = 0; i < runs.size(); i++) {
      if (runs.get(i) == run) {
        return i;
      }
    }
    throw new IllegalArgumentException("not one of the runs");
  }

  private static String words(StopReason reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static @Nullable Staleness staleness(@Nullable StalenessHistogram histogram) {
    return histogram == null
        ? null
        : new Staleness(
            LongStream.of(histogram.counts()).boxed().toList(), histogram.mean(), histogram.max());
  }

  /** To the microsecond. */
  private static RunsFile.@Nullable Timeline timeline(TrainingRun run) {
    Timeline timeline = run.timeline();
    if (timeline == null) {
      return null;
    }
    List<RunsFile.TimelineWorker> workers = new ArrayList<>();
    for (Timeline.Worker worker : timeline.workers()) {
      List<RunsFile.Span> spans = new ArrayList<>();
      for (Timeline.Span span : worker.spans()) {
        double start = micros(span.start());
        double end = micros(span.end());
        if (end > start) {
          spans.add(new RunsFile.Span(start, end, span.activity().word()));
        }
      }
      workers.add(
          new RunsFile.TimelineWorker(
              worker.worker(),
              spans,
              new RunsFile.SpanTotals(
                  worker.computing(), worker.communicating(), worker.waiting())));
    }
    return new RunsFile.Timeline(
        RunsFile.Timeline.SECONDS,
        workers,
        timeline.sampled(),
        timeline.windows().stream()
            .map(window -> List.of(micros(window.start()), micros(window.end())))
            .toList());
  }

  private static double micros(double seconds) {
    return Math.round(seconds * 1e6) / 1e6;
  }

  private static @Nullable Double finiteOrNull(@Nullable Double value) {
    return value != null && Double.isFinite(value) ? value : null;
  }
}
