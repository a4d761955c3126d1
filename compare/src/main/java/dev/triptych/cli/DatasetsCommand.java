package dev.triptych.cli;

import dev.triptych.datasets.Catalogue;
import dev.triptych.datasets.DataFile;
import dev.triptych.datasets.Dataset;
import dev.triptych.datasets.Optimum;
import dev.triptych.datasets.SyntheticSpec;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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
      FetchCommand.class,
      GenerateCommand.class
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
        out.printf(
            Locale.ROOT,
            "%-16s %-14s %,10d rows %,9d features  %s (%s)%n",
            dataset.name(),
            dataset.task().name().toLowerCase(Locale.ROOT),
            dataset.numRows(),
            dataset.features(),
            dataset.title(),
            dataset.licence());
      }
      for (SyntheticSpec.Kind kind : SyntheticSpec.Kind.values()) {
        out.println(SyntheticSpec.PREFIX + kind.specName() + "  " + kind.description());
      }
      return ExitStatus.OK;
    }
  }

  /** All that is known of one set, or of one kind of generated sets. */
  @Command(
      name = "describe",
      mixinStandardHelpOptions = true,
      description =
          "Source, task, licence, citation, files with checksums and known optima of a data set.")
  static final class DescribeCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(
        paramLabel = "NAME|synthetic:SPEC",
        description = "A name from datasets list, or generated data.")
    String name = "";

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      if (name.startsWith(SyntheticSpec.PREFIX)) {
        describe(SyntheticSpec.parse(name), out);
        return ExitStatus.OK;
      }
      for (SyntheticSpec.Kind kind : SyntheticSpec.Kind.values()) {
        if (kind.specName().equals(name)) {
          describe(kind.defaults(), out);
          return ExitStatus.OK;
        }
      }
      describe(Catalogue.load().named(name), out);
      return ExitStatus.OK;
    }

    private static void describe(SyntheticSpec synthetic, PrintWriter out) {
      out.println(SyntheticSpec.PREFIX + synthetic.kind().specName() + ": generated data");
      out.println("what      " + synthetic.kind().description());
      out.println("in full   " + synthetic.text());
      out.println(
          "rows      "
              + synthetic.rows()
              + " for training and the next "
              + synthetic.testRows()
              + " for testing; a row depends on its number and the seed only");
    }

    private static void describe(Dataset dataset, PrintWriter out) {
      Integer classes = dataset.classes();
      out.println(dataset.name() + ": " + dataset.title());
      out.printf(
          Locale.ROOT,
          "task      %s, %,d rows, %,d features%s%n",
          dataset.task().name().toLowerCase(Locale.ROOT),
          dataset.numRows(),
          dataset.features(),
          classes == null ? "" : ", " + classes + " classes");
      if (dataset.scale() != null) {
        out.println(
            "scale     values times " + dataset.scale() + ", unless --scale says otherwise");
      }
      out.println("source    " + dataset.source());
      out.println("licence   " + dataset.licence());
      out.println("cite      " + dataset.citation());
      if (dataset.files().isEmpty()) {
        out.println("file      none: get it from the source and give its path to --data");
      }
      for (DataFile file : dataset.files()) {
        describe(file, out);
      }
      for (Optimum optimum : dataset.optima()) {
        describe(optimum, out);
      }
    }

    private static void describe(DataFile file, PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "file      %s: %s, %,d rows, %,d bytes, sha256 %s%n",
          file.path(),
          file.split(),
          file.rows(),
          file.bytes(),
          file.sha256());
      DataFile.Original original = file.original();
      if (original == null) {
        out.println("          from a mirror only");
      } else {
        out.printf(
            Locale.ROOT,
            "          published as %s: %,d bytes, sha256 %s%n",
            original.url(),
            original.bytes(),
            original.sha256());
      }
    }

    private static void describe(Optimum optimum, PrintWriter out) {
      Double accuracy = optimum.testAccuracy();
      out.printf(
          Locale.ROOT,
          "optimum   %s, lambda %s, intercept %s: %s%s%n",
          optimum.loss(),
          optimum.lambda(),
          optimum.intercept().name().toLowerCase(Locale.ROOT),
          optimum.objective(),
          accuracy == null ? "" : String.format(Locale.ROOT, ", test accuracy %.4f", accuracy));
    }
  }
}
