package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.report.RunsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The main job: trains one problem in several modes, one after the other, and writes the report.
 */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = "Train one problem in several modes and write the report.")
final class CompareCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = "--modes",
      split = ",",
      paramLabel = "MODE",
      defaultValue = "sync,async,gossip",
      description = "Some of sync, async, gossip, mllib (default: ${DEFAULT-VALUE}).")
  List<String> modeNames = List.of();

  @Option(
      names = "--no-control",
      fallbackValue = "true",
      description =
          "With --slow-worker: skip the control runs, one per mode, without slow workers that tell"
              + " what they cost.")
  boolean noControl;

  @Mixin TrainingOptions options = new TrainingOptions();

  @Override
  public Integer call() throws Exception {
    List<Mode> modes = modes();
    options.check(modes);
    Path out = OutputDirectory.claim(options.output.out);
    options.resultsGoTo(out);
    try (SparkSession spark = options.openSpark(modes)) {
      PrintWriter console = spec.commandLine().getOut();
      LoadedProblem loaded = options.load(spark, modes);
      console.println(loaded.inWords());
      options.showLive(spark).ifPresent(url -> console.println("Live: " + url));
      Map<Variant, TrainingRun> runs = new LinkedHashMap<>();
      Results results = new Results(out, spec, options, loaded);
      RunsFile file = train(modes, loaded, results, runs);
      results.print(file, console);
      return Results.status(runs.values());
    }
  }

  /** Trains on a session that is there already, and stays; writes nothing. */
  RunsFile trainOn(SparkSession spark) throws IOException {
    List<Mode> modes = modes();
    options.check(modes);
    LoadedProblem loaded = options.load(spark, modes);
    try {
      return train(modes, loaded, new Results(null, spec, options, loaded), new LinkedHashMap<>());
    } finally {
      loaded.unpersist();
    }
  }

  private RunsFile train(
      List<Mode> modes, LoadedProblem loaded, Results results, Map<Variant, TrainingRun> runs)
      throws IOException {
    Map<Variant, SlowWorkerControl> controls = new LinkedHashMap<>();
    for (Variant variant : options.variants(modes)) {
      if (variant.isFirst()) {
        options.warmUp(variant, loaded);
      }
      runs.put(variant, runWithProgress(variant, loaded));
      // What is done stays, even if a later mode fails.
      results.write(runs, controls);
      if (variant.isFirst()
          && variant.mode() != Mode.MLLIB
          && options.run.stragglers().anySlow()
          && !noControl) {
        controls.put(variant, control(variant, loaded, runs.get(variant)));
        results.write(runs, controls);
      }
      results.save(variant, runs.get(variant));
    }
    return results.file(runs, controls);
  }

  private List<Mode> modes() {
    List<Mode> modes = new ArrayList<>();
    for (String name : modeNames) {
      Mode mode = Mode.named("--modes", name);
      if (modes.contains(mode)) {
        throw new InvalidInputException("--modes: " + name + " is named twice");
      }
      modes.add(mode);
    }
    return modes;
  }

  private TrainingRun runWithProgress(Variant variant, LoadedProblem loaded) {
    try (TerminalProgress progress =
        TerminalProgress.start(variant.title(options.run.seed, options.run.seeds), System.err)) {
      return options.trainLive(variant, loaded, progress);
    }
  }

  private SlowWorkerControl control(Variant variant, LoadedProblem loaded, TrainingRun run) {
    try (TerminalProgress progress =
        TerminalProgress.start(variant.label() + " without slow workers", System.err)) {
      TrainingRun control =
          options.trainControl(
              variant, loaded, options.run.stragglers().withoutSlowWorkers(), progress);
      return SlowWorkerControl.of(
          waitsForSlowest(variant), options.run.stragglers(), run, control, options.run.epochs);
    }
  }

  private boolean waitsForSlowest(Variant variant) {
    return switch (variant.mode()) {
      case SYNC, MLLIB -> true;
      case ASYNC -> options.async.waitsForSlowest();
      case GOSSIP -> options.gossip.waitsForSlowest(variant.gossipAlgorithm());
    };
  }
}
