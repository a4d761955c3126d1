package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.training.RunStoppedException;
import java.io.PrintWriter;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command line, and the main class for spark-submit. Exit status as in {@link ExitStatus}. */
@Command(
    name = "triptych",
    mixinStandardHelpOptions = true,
    versionProvider = Triptych.Version.class,
    description = "Train one model on Apache Spark in three ways and see which wins, and why.",
    subcommands = {
      CompareCommand.class,
      TrainCommand.class,
      ServerCommand.class,
      TopologyCommand.class,
      DatasetsCommand.class,
      ReportCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Triptych implements Runnable {
  /**
   * netlib says through java.util.logging that it found no native library, which nobody needs; held
   * so that it stays configured.
   */
  private static final Logger NETLIB = Logger.getLogger("dev.ludovic.netlib");

  @Spec CommandSpec spec;

  public static void main(String[] args) {
    NETLIB.setLevel(Level.OFF);
    System.exit(run(args, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
  }

  /** Runs one command and returns its exit status; never throws. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    CommandLine commandLine =
        new CommandLine(new Triptych())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler(Triptych::badUsage)
            .setExecutionExceptionHandler(Triptych::failed);
    try {
      ConfigFile.applyTo(commandLine, args);
    } catch (InvalidInputException e) {
      err.println("triptych: " + e.getMessage());
      return ExitStatus.BAD_INPUT;
    }
    try {
      return commandLine.execute(args);
    } catch (OutOfMemoryError e) {
      err.println(
          "triptych: out of memory; give it more with TRIPTYCH_JAVA_OPTS=-Xmx8g or spark.driver.memory");
      return ExitStatus.INTERNAL_ERROR;
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command; try triptych --help");
  }

  private static int badUsage(ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("bad usage");
    List<String> suggestions =
        e instanceof CommandLine.UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    err.println(
        "triptych: "
            + message
            + (suggestions.isEmpty()
                ? ""
                : "; did you mean "
                    + String.join(" or ", suggestions.subList(0, Math.min(2, suggestions.size())))
                    + "?"));
    return ExitStatus.BAD_INPUT;
  }

  private static int failed(Exception e, CommandLine commandLine, ParseResult parsed) {
    PrintWriter err = commandLine.getErr();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidInputException) {
        err.println("triptych: " + cause.getMessage());
        return ExitStatus.BAD_INPUT;
      }
      if (cause instanceof RunStoppedException) {
        err.println("triptych: " + cause.getMessage());
        return ExitStatus.STOPPED_SHORT;
      }
    }
    // Spark puts stack traces into its messages; the first line says what happened.
    err.println("triptych: " + e.toString().lines().findFirst().orElse(""));
    if (System.getenv("TRIPTYCH_TRACE") != null) {
      e.printStackTrace(err);
    } else {
      err.println("triptych: set TRIPTYCH_TRACE=1 to see where this happened");
    }
    return ExitStatus.INTERNAL_ERROR;
  }

  /** The version from the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Triptych.class.getPackage().getImplementationVersion();
      return new String[] {"triptych " + (version == null ? "(unreleased)" : version)};
    }
  }
}
