package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.training.TrainingRun;
import java.nio.file.Path;
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

/** Trains in one mode and writes the model, {@code runs.json} and the report. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = "Train in one mode; write the model in MLlib's format and the report.")
final class TrainCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = {"--mode", "--modes"},
      paramLabel = "MODE",
      defaultValue = "sync",
      description = "sync, async, gossip or mllib (default: ${DEFAULT-VALUE}).")
  String modeName = "sync";

  @Mixin TrainingOptions options = new TrainingOptions();

  @Override
  public Integer call() throws Exception {
    Mode mode = Mode.named("--modes", modeName);
    options.check(List.of(mode));
    List<Variant> variants = options.variants(List.of(mode));
    if (variants.size() > options.run.seeds) {
      throw new InvalidInputException(
          (mode == Mode.ASYNC ? "--transport" : "--gossip-algorithm")
              + ": train makes one run; compare takes several");
    }
    Path out = OutputDirectory.claim(options.output.out);
    options.resultsGoTo(out);
    try (SparkSession spark = options.openSpark(List.of(mode))) {
      LoadedProblem loaded = options.load(spark, List.of(mode));
      spec.commandLine().getOut().println(loaded.inWords());
      options.showLive(spark).ifPresent(url -> spec.commandLine().getOut().println("Live: " + url));
      Map<Variant, TrainingRun> runs = new LinkedHashMap<>();
      Results results = new Results(out, spec, options, loaded);
      for (Variant variant : variants) {
        try (TerminalProgress progress =
            TerminalProgress.start(
                variant.title(options.run.seed, options.run.seeds), System.err)) {
          runs.put(variant, options.trainLive(variant, loaded, progress));
        }
        // What is done stays, even if a later run fails.
        results.write(runs, Map.of());
        results.save(variant, runs.get(variant));
      }
      results.print(results.file(runs, Map.of()), spec.commandLine().getOut());
      return Results.status(runs.values());
    }
  }
}
