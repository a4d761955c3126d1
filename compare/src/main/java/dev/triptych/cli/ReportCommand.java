package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.report.ReportFiles;
import dev.triptych.report.RunsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  @Option(
      names = "--merge",
      description =
          "Put the runs of several files, of one problem on the same data, into one report (this is"
              + " what happens with several files anyway).")
  boolean merge;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUNS",
      description =
          "runs.json files, or the folders they are in; LABEL=PATH names a file's runs in the report"
              + " (default: the folder's name).")
  List<String> runs = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "New or empty folder (default: triptych-out, …).")
  @Nullable Path out;

  @Override
  public Integer call() throws Exception {
    if (merge && runs.size() < 2) {
      throw new InvalidInputException("--merge: expected at least two files, got " + runs.size());
    }
    RunsFile merged = ReportFiles.merge(labelled());
    Path folder = OutputDirectory.claim(out);
    ReportFiles.write(folder, merged);
    spec.commandLine().getOut().println("Report: " + folder.resolve(ReportFiles.REPORT_HTML));
    return ExitStatus.OK;
  }

  private Map<String, Path> labelled() {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String argument : runs) {
      int equals = argument.indexOf('=');
      boolean named = equals > 0 && !Files.exists(Path.of(argument));
      Path path = Path.of(named ? argument.substring(equals + 1) : argument);
      String label = named ? argument.substring(0, equals) : folderName(path);
      if (files.put(label, path) != null) {
        throw new InvalidInputException(
            "report: two files are called " + label + "; name them LABEL=PATH");
      }
    }
    return files;
  }

  private static String folderName(Path path) {
    Path folder = path.toAbsolutePath().normalize();
    if (folder.endsWith(ReportFiles.RUNS_JSON) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    Path name = folder.getFileName();
    return name == null ? folder.toString() : name.toString();
  }
}
