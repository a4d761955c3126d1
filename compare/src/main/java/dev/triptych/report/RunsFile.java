package dev.triptych.report;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contents of {@code runs.json}: one problem, one data set, the runs. A field that has no
 * meaning for a run is absent, never null and never NaN. Readers accept fields they do not know, so
 * that later versions may add some; {@link #schema} changes when one changes its meaning.
 *
 * <p>Immutable; {@link RunsJson} reads and writes it.
 *
 * @param schema {@value #SCHEMA}
 * @param command line that repeats the runs, if known
 * @param environment where the runs took place, if known
 * @param problem what was minimised
 * @param data what it was minimised on
 * @param runs at least one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunsFile(
    @JsonProperty(required = true) int schema,
    @Nullable String command,
    @Nullable Environment environment,
    @JsonProperty(required = true) Problem problem,
    @JsonProperty(required = true) Data data,
    @JsonProperty(required = true) List<Run> runs) {

  /** The schema that this version writes, and the only one it reads. */
  public static final int SCHEMA = 1;

  public RunsFile {
    Check.that(schema == SCHEMA, "schema: expected " + SCHEMA + ", got " + schema);
    runs = List.copyOf(runs);
    Check.that(!runs.isEmpty(), "runs: expected at least one run");
  }

  /** The runs under the current schema. */
  public RunsFile(
      @Nullable String command,
      @Nullable Environment environment,
      Problem problem,
      Data data,
      List<Run> runs) {
    this(SCHEMA, command, environment, problem, data, runs);
  }

  /**
   * Where the runs took place.
   *
   * @param master of Spark, such as {@code local[2]}
   * @param cores that Spark may use in all, if known
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Environment(
      @JsonProperty(required = true) String master, @Nullable Integer cores) {}

  /**
   * What was minimised.
   *
   * @param name such as {@code logistic}
   * @param lambda λ of the regularizer (λ/2)‖w‖²
   * @param intercept whether there is an unpenalised one
   * @param target objective at which runs stopped, if one was asked for
   * @param optimum f* = min F, if it is known
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Problem(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) double lambda,
      @JsonProperty(required = true) boolean intercept,
      @Nullable Double target,
      @Nullable Double optimum) {
    public Problem {
      Check.finite("lambda", lambda);
      Check.finite("target", target);
      Check.finite("optimum", optimum);
    }
  }

  /**
   * What the objective was minimised on.
   *
   * @param name in the words of {@code --data}, if there is one
   * @param rows training examples
   * @param features d
   * @param nonzeros stored values in the training set
   * @param testRows test examples, if there is a test set
   * @param details anything else worth showing, such as how rows were partitioned or scaled
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Data(
      @Nullable String name,
      @JsonProperty(required = true) long rows,
      @JsonProperty(required = true) long features,
      @JsonProperty(required = true) long nonzeros,
      @Nullable Long testRows,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> details) {
    public Data {
      Check.that(rows >= 1, "rows: expected at least 1, got " + rows);
      details = inOrder(details);
    }
  }

  /**
   * One run. See {@link dev.triptych.core.training.TrainingRun} for the fields of the same name;
   * {@link Runs#of} converts.
   *
   * @param stopReason {@code completed}, {@code target-reached} or {@code diverged}
   * @param finalObjective F of the final weights; absent if not finite
   * @param finalTestMetrics such as {@code accuracy} by name; absent without a test set
   * @param secondsToTarget when the trace first was at or below the target; absent without one, or
   *     when it was never reached
   * @param slowWorker what slow workers cost, when that was measured
   * @param shards what each shard of the servers had to do, if there were servers
   * @param counters what else the mode counted, such as {@code discardedGradients}, by name
   * @param graph over which nodes gossiped, if they did and it can be drawn
   * @param timeline what each worker did when, if that was recorded
   * @param source which of several merged files it came from, if it did
   * @param trace finite objectives only, ascending in updates
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Run(
      @JsonProperty(required = true) String mode,
      @JsonProperty(required = true) String algorithm,
      @JsonInclude(JsonInclude.Include.ALWAYS) Map<String, String> settings,
      @JsonProperty(required = true) long seed,
      @JsonInclude(JsonInclude.Include.ALWAYS) Map<String, String> versions,
      @JsonProperty(required = true) String stopReason,
      @Nullable Long divergedAtUpdate,
      @Nullable Double finalObjective,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> finalTestMetrics,
      @Nullable Double secondsToTarget,
      @JsonProperty(required = true) double trainSeconds,
      @Nullable Long updates,
      @Nullable Long batches,
      @Nullable Long bytesSent,
      @Nullable Long bytesReceived,
      @Nullable Staleness staleness,
      @Nullable Double consensusDistance,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Worker> workers,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Shard> shards,
      @Nullable SlowWorker slowWorker,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Long> counters,
      @Nullable Graph graph,
      @Nullable Timeline timeline,
      @Nullable String source,
      @JsonProperty(required = true) List<Point> trace) {
    /** {@link #stopReason} of a run that diverged. */
    public static final String DIVERGED = "diverged";

    /** A run whose workers' time was not recorded. */
    public Run(
        String mode,
        String algorithm,
        Map<String, String> settings,
        long seed,
        Map<String, String> versions,
        String stopReason,
        @Nullable Long divergedAtUpdate,
        @Nullable Double finalObjective,
        Map<String, Double> finalTestMetrics,
        @Nullable Double secondsToTarget,
        double trainSeconds,
        @Nullable Long updates,
        @Nullable Long batches,
        @Nullable Long bytesSent,
        @Nullable Long bytesReceived,
        @Nullable Staleness staleness,
        @Nullable Double consensusDistance,
        List<Worker> workers,
        @Nullable SlowWorker slowWorker,
        Map<String, Long> counters,
        @Nullable Graph graph,
        List<Point> trace) {
      this(
          mode,
          algorithm,
          settings,
          seed,
          versions,
          stopReason,
          divergedAtUpdate,
          finalObjective,
          finalTestMetrics,
          secondsToTarget,
          trainSeconds,
          updates,
          batches,
          bytesSent,
          bytesReceived,
          staleness,
          consensusDistance,
          workers,
          List.of(),
          slowWorker,
          counters,
          graph,
          null,
          null,
          trace);
    }

    public Run {
      Check.finite("trainSeconds", trainSeconds);
      Check.finite("finalObjective", finalObjective);
      Check.finite("secondsToTarget", secondsToTarget);
      Check.finite("consensusDistance", consensusDistance);
      settings = inOrder(settings);
      versions = inOrder(versions);
      finalTestMetrics = inOrder(finalTestMetrics);
      counters = inOrder(counters);
      finalTestMetrics.forEach((name, value) -> Check.finite("finalTestMetrics." + name, value));
      workers = workers == null ? List.of() : List.copyOf(workers);
      shards = shards == null ? List.of() : List.copyOf(shards);
      trace = List.copyOf(trace);
    }

    /** The same run, with the name of where it came from. */
    public Run from(String label) {
      return new Run(
          mode,
          algorithm,
          settings,
          seed,
          versions,
          stopReason,
          divergedAtUpdate,
          finalObjective,
          finalTestMetrics,
          secondsToTarget,
          trainSeconds,
          updates,
          batches,
          bytesSent,
          bytesReceived,
          staleness,
          consensusDistance,
          workers,
          shards,
          slowWorker,
          counters,
          graph,
          timeline,
          label,
          trace);
    }

    /** Whether weights or objective left the finite numbers. */
    public boolean diverged() {
      return stopReason.equals(DIVERGED);
    }

    /** The first point at or below an objective, or null. */
    public @Nullable Point firstAtOrBelow(double objective) {
      for (Point point : trace) {
        if (point.objective() <= objective) {
          return point;
        }
      }
      return null;
    }

    /** The lowest objective of the trace; infinite for an empty one. */
    public double lowestObjective() {
      double lowest = Double.POSITIVE_INFINITY;
      for (Point point : trace) {
        lowest = Math.min(lowest, point.objective());
      }
      return lowest;
    }
  }

  /**
   * Staleness of applied gradients.
   *
   * @param histogram entry τ counts the gradients of staleness τ; the last possible entry also
   *     holds all larger ones
   */
  public record Staleness(
      @JsonProperty(required = true) List<Long> histogram,
      @JsonProperty(required = true) double mean,
      @JsonProperty(required = true) long max) {
    public Staleness {
      Check.finite("mean", mean);
      histogram = List.copyOf(histogram);
    }
  }

  /**
   * Who heard whom.
   *
   * @param nodes n
   * @param directed whether an edge carries messages one way only
   * @param spectralGap 1 − ρ of the mixing weights, in the mean over a period
   * @param exactAfterRounds rounds after which averaging alone is exact; absent if never
   * @param contraction what averaging alone does; absent where the mean is not kept
   * @param rounds round by round, until they repeat, a list of edges [from, to]; an undirected edge
   *     is there once
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Graph(
      @JsonProperty(required = true) int nodes,
      @JsonProperty(required = true) boolean directed,
      @JsonProperty(required = true) double spectralGap,
      @Nullable Integer exactAfterRounds,
      @Nullable Contraction contraction,
      @JsonProperty(required = true) List<List<List<Integer>>> rounds) {
    public Graph {
      Check.finite("spectralGap", spectralGap);
      rounds = List.copyOf(rounds);
    }
  }

  /**
   * The distance from consensus after each round of averaging alone, over the distance before.
   *
   * @param measured entry t is √(Σ ‖xᵢ − x̄‖²) after t rounds from random vectors, over its start
   * @param predicted entry t is (1 − gap)ᵗ
   */
  public record Contraction(
      @JsonProperty(required = true) List<Double> measured,
      @JsonProperty(required = true) List<Double> predicted) {
    public Contraction {
      measured = List.copyOf(measured);
      predicted = List.copyOf(predicted);
      measured.forEach(each -> Check.finite("measured", each));
      predicted.forEach(each -> Check.finite("predicted", each));
    }
  }

  /** One trace point; see {@link dev.triptych.core.training.TracePoint}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Point(
      @JsonProperty(required = true) double seconds,
      @JsonProperty(required = true) double epochs,
      @JsonProperty(required = true) long updates,
      @JsonProperty(required = true) double objective,
      @Nullable Double testMetric,
      @Nullable Long bytes,
      @Nullable Double consensusDistance,
      @Nullable Integer maxStaleness,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Double> nodeObjectives) {
    /** A point of one weight vector. */
    public Point(
        double seconds,
        double epochs,
        long updates,
        double objective,
        @Nullable Double testMetric,
        @Nullable Long bytes,
        @Nullable Double consensusDistance,
        @Nullable Integer maxStaleness) {
      this(
          seconds,
          epochs,
          updates,
          objective,
          testMetric,
          bytes,
          consensusDistance,
          maxStaleness,
          List.of());
    }

    public Point {
      nodeObjectives = nodeObjectives == null ? List.of() : List.copyOf(nodeObjectives);
      nodeObjectives.forEach(each -> Check.finite("nodeObjectives", each));
      Check.finite("seconds", seconds);
      Check.finite("epochs", epochs);
      Check.finite("objective", objective);
      Check.finite("testMetric", testMetric);
      Check.finite("consensusDistance", consensusDistance);
    }
  }

  /** What one worker did; see {@link dev.triptych.core.training.WorkerActivity}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Worker(
      @JsonProperty(required = true) int worker,
      @JsonProperty(required = true) long batches,
      @JsonProperty(required = true) double computeSeconds,
      @JsonProperty(required = true) double waitSeconds,
      @Nullable Staleness staleness) {
    /** A worker whose gradients' staleness was not counted. */
    public Worker(int worker, long batches, double computeSeconds, double waitSeconds) {
      this(worker, batches, computeSeconds, waitSeconds, null);
    }

    public Worker {
      Check.finite("computeSeconds", computeSeconds);
      Check.finite("waitSeconds", waitSeconds);
    }
  }

  /** What one shard had to do; see {@link dev.triptych.core.training.ShardLoad}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Shard(
      @JsonProperty(required = true) int shard,
      @Nullable String server,
      @JsonProperty(required = true) long parameters,
      @JsonProperty(required = true) long updates,
      @JsonProperty(required = true) long bytesReceived,
      @JsonProperty(required = true) long bytesSent) {}

  /**
   * What the workers did when; see {@link dev.triptych.core.timeline.Timeline}.
   *
   * @param unit {@value #SECONDS}, on the training clock
   * @param windows stretches of time [from, to] of which all workers have all spans
   */
  public record Timeline(
      @JsonProperty(required = true) String unit,
      @JsonProperty(required = true) List<TimelineWorker> workers,
      @JsonProperty(required = true) boolean sampled,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<List<Double>> windows) {
    /** The only unit. */
    public static final String SECONDS = "seconds";

    public Timeline {
      Check.that(unit.equals(SECONDS), "unit: expected " + SECONDS + ", got " + unit);
      workers = List.copyOf(workers);
      windows = windows == null ? List.of() : List.copyOf(windows);
    }
  }

  /**
   * One worker's time.
   *
   * @param spans ascending, without overlap; all of them, or those in the windows
   * @param totals of all spans
   */
  public record TimelineWorker(
      @JsonProperty(required = true) int worker,
      @JsonProperty(required = true) List<Span> spans,
      @JsonProperty(required = true) SpanTotals totals) {
    public TimelineWorker {
      spans = List.copyOf(spans);
    }
  }

  /** An array: from, to, and {@code computing}, {@code communicating} or {@code waiting}. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  @JsonPropertyOrder({"start", "end", "activity"})
  public record Span(double start, double end, String activity) {
    public Span {
      Check.that(
          start >= 0 && end >= start && Double.isFinite(end),
          "spans: expected 0 <= start <= end, got " + start + ", " + end);
    }
  }

  /** Seconds by activity. */
  public record SpanTotals(
      @JsonProperty(required = true) double computing,
      @JsonProperty(required = true) double communicating,
      @JsonProperty(required = true) double waiting) {
    public SpanTotals {
      Check.finite("computing", computing);
      Check.finite("communicating", communicating);
      Check.finite("waiting", waiting);
    }
  }

  /**
   * What slow workers cost a mode.
   *
   * @param batchesPerSecondWithout of a control run without slow workers
   * @param batchesPerSecondWith of this run
   * @param ratio with / without
   * @param theory the ratio if only computing took time
   */
  public record SlowWorker(
      @JsonProperty(required = true) double batchesPerSecondWithout,
      @JsonProperty(required = true) double batchesPerSecondWith,
      @JsonProperty(required = true) double ratio,
      @JsonProperty(required = true) double theory) {
    public SlowWorker {
      Check.finite("batchesPerSecondWithout", batchesPerSecondWithout);
      Check.finite("batchesPerSecondWith", batchesPerSecondWith);
      Check.finite("ratio", ratio);
      Check.finite("theory", theory);
    }
  }

  private static <V> Map<String, V> inOrder(@Nullable Map<String, V> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
