package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.datasets.Catalogue;
import dev.triptych.datasets.DataFile;
import dev.triptych.datasets.Dataset;
import dev.triptych.datasets.Fetch;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings data sets to this machine. */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    description = {
      "Download data sets and verify their checksums.",
      "They are kept in ~/.triptych/datasets, or in the folder that TRIPTYCH_DATASETS_DIR names; what is there"
          + " already is verified and not fetched again."
    })
final class FetchCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names from datasets list.")
  List<String> names = List.of();

  @Option(
      names = "--mirror",
      paramLabel = "URL",
      description =
          "Folder, file: or http(s): address to take files from (default: TRIPTYCH_DATASETS_MIRROR, else the publisher).")
  @Nullable String mirror;

  @Option(
      names = "--no-progress",
      description = "Say nothing on the way: neither a bar in a terminal nor lines in a log.")
  boolean noProgress;

  @Override
  public Integer call() {
    Catalogue catalogue = Catalogue.load();
    List<Dataset> sets = new ArrayList<>();
    for (String name : names) {
      sets.add(catalogue.named(name));
    }
    Fetch fetch = Fetch.fromEnvironment(System.getenv(), mirror);
    int status = ExitStatus.OK;
    for (Dataset dataset : sets) {
      // A set without files is asked for too: the answer says why it has none.
      List<String> splits =
          dataset.files().isEmpty()
              ? List.of("train")
              : dataset.files().stream().map(DataFile::split).toList();
      for (String split : splits) {
        try {
          Fetch.Fetched fetched = fetch(fetch, dataset, split);
          spec.commandLine()
              .getOut()
              .println(fetched.path() + (fetched.downloaded() ? "" : " (was there)"));
        } catch (InvalidInputException e) {
          // The other files may be had; the status tells that one was not.
          spec.commandLine().getErr().println("triptych: " + e.getMessage());
          status = ExitStatus.BAD_INPUT;
        }
      }
    }
    return status;
  }

  private Fetch.Fetched fetch(Fetch fetch, Dataset dataset, String split) {
    PrintWriter err = spec.commandLine().getErr();
    return noProgress
        ? fetch.fetch(dataset, split)
        : FetchProgress.fetch(fetch, dataset, split, err);
  }
}
