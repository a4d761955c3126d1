package dev.triptych.cli;

import dev.triptych.report.ReportFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Renders or merges {@code runs.json} files again; needs no Spark. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Render runs.json again, or merge several of the same problem into one report.")
final class ReportCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUNS",
      description = "runs.json files, or the folders they are in.")
  List<Path> runs = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "New or empty folder (default: triptych-out, …).")
  @Nullable Path out;

  @Override
  public Integer call() throws Exception {
    for (Path file : runs) {
      ReportFiles.read(file);
    }
    Path folder = OutputDirectory.claim(out);
    ReportFiles.render(runs, folder);
    spec.commandLine().getOut().println("Report: " + folder.resolve(ReportFiles.REPORT_HTML));
    return ExitStatus.OK;
  }
}
