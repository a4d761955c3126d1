package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleGenerator;
import dev.triptych.datasets.Catalogue;
import dev.triptych.datasets.DataFile;
import dev.triptych.datasets.Dataset;
import dev.triptych.datasets.Fetch;
import dev.triptych.datasets.LibsvmWriter;
import dev.triptych.datasets.Optimum;
import dev.triptych.datasets.SyntheticSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The catalogue of data sets, and generated ones. */
@Command(
    name = "datasets",
    mixinStandardHelpOptions = true,
    description = "List, describe, fetch and generate data sets.",
    subcommands = {
      DatasetsCommand.ListCommand.class,
      DatasetsCommand.DescribeCommand.class,
      DatasetsCommand.FetchCommand.class,
      DatasetsCommand.GenerateCommand.class
    })
final class DatasetsCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing subcommand: list, describe, fetch or generate");
  }

  /** One line a set. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "One line for each data set of the catalogue.")
  static final class ListCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      for (Dataset dataset : Catalogue.load().datasets()) {
        long rows = dataset.files().stream().mapToLong(DataFile::rows).sum();
        out.printf(
            Locale.ROOT,
            "%-16s %-15s %,9d rows %,6d features  %s%n",
            dataset.name(),
            dataset.task().name().toLowerCase(Locale.ROOT),
            rows,
            dataset.features(),
            dataset.title());
      }
      out.println(
          "Generated: synthetic:clicklog, synthetic:gaussian, synthetic:heterogeneous, synthetic:interactions (see datasets generate --help).");
      return ExitStatus.OK;
    }
  }

  /** All that is known of one set. */
  @Command(
      name = "describe",
      mixinStandardHelpOptions = true,
      description = "Source, licence, files and known optima of a data set.")
  static final class DescribeCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "A name from datasets list.")
    String name = "";

    @Override
    public Integer call() {
      Dataset dataset = Catalogue.load().named(name);
      PrintWriter out = spec.commandLine().getOut();
      out.println(dataset.name() + ": " + dataset.title());
      out.println(
          "task      "
              + dataset.task().name().toLowerCase(Locale.ROOT)
              + ", "
              + dataset.features()
              + " features");
      out.println("source    " + dataset.source());
      out.println("licence   " + dataset.licence());
      out.println("cite      " + dataset.citation());
      for (DataFile file : dataset.files()) {
        out.printf(
            Locale.ROOT,
            "file      %s: %,d rows, %,d bytes, sha256 %s%n",
            file.path(),
            file.rows(),
            file.bytes(),
            file.sha256());
      }
      for (Optimum optimum : dataset.optima()) {
        out.printf(
            Locale.ROOT,
            "optimum   %s, lambda %s, intercept %s: %s%n",
            optimum.loss(),
            optimum.lambda(),
            optimum.intercept().name().toLowerCase(Locale.ROOT),
            optimum.objective());
      }
      return ExitStatus.OK;
    }
  }

  /** Brings sets to this machine. */
  @Command(
      name = "fetch",
      mixinStandardHelpOptions = true,
      description = "Download data sets and verify their checksums.")
  static final class FetchCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names from datasets list.")
    List<String> names = List.of();

    @Option(
        names = "--mirror",
        paramLabel = "URL",
        description =
            "Folder, file: or http(s): address to take files from (default: TRIPTYCH_DATASETS_MIRROR, else the publisher).")
    @Nullable String mirror;

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
        for (DataFile file : dataset.files()) {
          try {
            Fetch.Fetched fetched = fetch.fetch(dataset, file.split());
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
  }

  /** Writes generated examples as LIBSVM text. */
  @Command(
      name = "generate",
      mixinStandardHelpOptions = true,
      description = {
        "Generate examples and write them as LIBSVM text.",
        "SPEC is KIND,key=value,…: clicklog (rows, test, features, nonzeros, seed), gaussian (rows, test, features,"
            + " condition, noise, classes, seed), heterogeneous (rows, test, features, groups, shift, seed) or"
            + " interactions (rows, test, features, groups, noise, classes, seed)."
      })
  static final class GenerateCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(paramLabel = "SPEC", description = "Such as clicklog,rows=1000000,features=100000.")
    String text = "";

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "New LIBSVM file for the training rows; packed if the name ends in .gz.")
    Path out = Path.of("");

    @Option(
        names = "--test-out",
        paramLabel = "FILE",
        description = "New LIBSVM file for the test rows.")
    @Nullable Path testOut;

    @Override
    public Integer call() {
      SyntheticSpec synthetic =
          SyntheticSpec.parse(
              text.startsWith(SyntheticSpec.PREFIX) ? text : SyntheticSpec.PREFIX + text);
      ExampleGenerator generator = synthetic.generator();
      LibsvmWriter.write(generator, 0, synthetic.rows(), out);
      Path testFile = testOut;
      if (testFile != null) {
        LibsvmWriter.write(
            generator, synthetic.rows(), synthetic.rows() + synthetic.testRows(), testFile);
      }
      spec.commandLine().getOut().println(out + ": " + synthetic.text());
      return ExitStatus.OK;
    }
  }
}
