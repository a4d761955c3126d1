package dev.triptych.cli;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Model;
import dev.triptych.core.training.DivergenceRule;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.peer.MllibEvaluation;
import dev.triptych.report.GraphPicture;
import dev.triptych.report.ReportFiles;
import dev.triptych.report.Runs;
import dev.triptych.report.RunsFile;
import dev.triptych.report.Verdict;
import dev.triptych.spark.evaluate.TestMetric;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Writes what {@code train} and {@code compare} leave behind, and says it in the terminal. */
final class Results {
  /** Larger models are not sent around to be evaluated once more. */
  private static final int MAX_EVALUATED = 1 << 22;

  private final @Nullable Path out;
  private final CommandSpec spec;
  private final TrainingOptions options;
  private final LoadedProblem loaded;
  // Of runs that were evaluated already.
  private final Map<TrainingRun, Map<String, Double>> metrics = new IdentityHashMap<>();

  /**
   * @param out folder of the results, or null if nothing is written
   */
  Results(@Nullable Path out, CommandSpec spec, TrainingOptions options, LoadedProblem loaded) {
    this.out = out;
    this.spec = spec;
    this.options = options;
    this.loaded = loaded;
  }

  /** Writes the report of the runs so far; replaces an earlier one. */
  void write(Map<Variant, TrainingRun> runs, Map<Variant, SlowWorkerControl> controls)
      throws IOException {
    if (out != null) {
      ReportFiles.write(out, file(runs, controls));
    }
  }

  /** Saves a run's model, unless the user wants none. */
  void save(Variant variant, TrainingRun run) throws IOException {
    double[] weights = run.weights(); // null: an executor has saved them, or nobody wants them
    if (out != null && variant.isFirst() && !options.output.noWeights && weights != null) {
      ModelFiles.save(loaded, weights, ModelFiles.folder(out, variant.label()));
    }
  }

  /** What the process ends with: a run that diverged, or missed its target, stopped short. */
  static int status(Collection<TrainingRun> runs) {
    boolean stoppedShort = false;
    for (TrainingRun run : runs) {
      boolean wanted = run.settings().containsKey("target");
      stoppedShort |=
          run.stopReason() == StopReason.DIVERGED
              || (wanted && run.stopReason() != StopReason.TARGET_REACHED);
    }
    return stoppedShort ? ExitStatus.STOPPED_SHORT : ExitStatus.OK;
  }

  /** The table, the verdict, and where the report is. */
  void print(RunsFile file, PrintWriter console) {
    table(file, console);
    if (out != null) {
      console.println();
      console.println("Report: " + out.resolve(ReportFiles.REPORT_HTML));
    }
  }

  /** The runs and their controls for {@code runs.json}. */
  RunsFile file(Map<Variant, TrainingRun> runs, Map<Variant, SlowWorkerControl> controls) {
    List<RunsFile.Run> results = new ArrayList<>();
    runs.forEach(
        (variant, run) ->
            results.add(
                Runs.of(
                    run,
                    loaded.problem().target(),
                    metrics.computeIfAbsent(run, each -> testMetrics(loaded, each)),
                    slowWorker(controls.get(variant)),
                    variant.mode() == Mode.GOSSIP
                        ? GraphPicture.of(
                            options.gossip.mixing(
                                loaded.data().numWorkers(), variant.gossipAlgorithm()))
                        : null)));
    List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
    return new RunsFile(
        "triptych " + String.join(" ", arguments.stream().map(Results::quoted).toList()),
        new RunsFile.Environment(
            loaded.data().blocks().context().master(),
            loaded.data().blocks().context().defaultParallelism()),
        loaded.problem(),
        loaded.facts(),
        results);
  }

  /** As the trace says, and as MLlib's evaluators do. */
  private static Map<String, Double> testMetrics(LoadedProblem loaded, TrainingRun run) {
    TracePoint last = run.trace().get(run.trace().size() - 1);
    Double metric = last.testMetric();
    if (metric == null) {
      return Map.of();
    }
    Model model = loaded.objective().model();
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put(TestMetric.of(model.labelKind()).fieldName(), metric);
    JavaRDD<ExampleBlock> test = loaded.data().test();
    double[] weights = run.weights();
    if (test != null
        && weights != null
        && weights.length <= MAX_EVALUATED
        && loaded.ratings() == null
        && DivergenceRule.isFinite(weights)) {
      metrics.putAll(MllibEvaluation.of(model, weights, test));
    }
    return metrics;
  }

  private static RunsFile.@Nullable SlowWorker slowWorker(@Nullable SlowWorkerControl control) {
    return control == null
        ? null
        : new RunsFile.SlowWorker(
            control.batchesPerSecondWithout(),
            control.batchesPerSecondWith(),
            control.ratio(),
            control.theory());
  }

  private static String quoted(String argument) {
    return argument.matches("[\\w@%+=:,./-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }

  private void table(RunsFile file, PrintWriter console) {
    console.println();
    console.printf(
        Locale.ROOT,
        "%-8s %-20s %12s %9s %10s %12s%n",
        "mode",
        "algorithm",
        "objective",
        "seconds",
        "updates",
        "MB sent");
    for (RunsFile.Run run : file.runs()) {
      Double objective = run.finalObjective();
      Long bytes = run.bytesSent();
      Long updates = run.updates();
      console.printf(
          Locale.ROOT,
          "%-8s %-20s %12s %9.2f %10s %12s%s%n",
          run.mode(),
          options.run.seeds == 1 ? run.algorithm() : run.algorithm() + ", seed " + run.seed(),
          objective == null ? "-" : String.format(Locale.ROOT, "%.6f", objective),
          run.trainSeconds(),
          updates == null ? "-" : updates,
          bytes == null ? "-" : String.format(Locale.ROOT, "%.1f", bytes / 1e6),
          run.diverged() ? "  diverged at update " + run.divergedAtUpdate() : "");
    }
    console.println();
    Verdict verdict = Verdict.of(file);
    console.println(verdict.headline());
  }
}
