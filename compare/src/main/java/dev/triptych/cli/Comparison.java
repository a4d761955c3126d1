package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.report.ReportFiles;
import dev.triptych.report.ReportHtml;
import dev.triptych.report.Runs;
import dev.triptych.report.RunsFile;
import dev.triptych.report.RunsFile.Graph;
import dev.triptych.report.RunsFile.Point;
import dev.triptych.report.RunsFile.Run;
import dev.triptych.report.RunsFile.SlowWorker;
import dev.triptych.report.RunsFile.Staleness;
import dev.triptych.report.RunsFile.Worker;
import dev.triptych.report.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command {@code compare} from code, for notebooks: on a session that is there already, with
 * its figures as tables. Writes no file unless {@link #save} is called.
 *
 * <pre>{@code
 * Comparison done = Comparison.run(spark, "--modes sync,async --workers 8 --epochs 4");
 * done.trace().show();
 * }</pre>
 *
 * <p>Immutable and thread-safe once it has run.
 */
public final class Comparison {
  private static final List<String> OF_THE_COMMAND_ONLY =
      List.of("--master", "--conf", "--properties-file", "--out");

  private final SparkSession spark;
  private final RunsFile runs;
  private final List<String> labels;

  private Comparison(SparkSession spark, RunsFile runs) {
    this.spark = spark;
    this.runs = runs;
    this.labels = Runs.labels(runs.runs());
  }

  /**
   * Trains one problem in several modes, one after the other.
   *
   * @param options of the command {@code compare}, separated by white space
   * @throws InvalidInputException as the command refuses bad options or data; also for options that
   *     concern the session or files: {@code --master}, {@code --conf}, {@code --properties-file},
   *     {@code --out}
   */
  public static Comparison run(SparkSession spark, String options) {
    String words = options.strip();
    return run(spark, words.isEmpty() ? List.of() : List.of(words.split("\\s+")));
  }

  /** As {@link #run(SparkSession, String)}, for values with white space in them. */
  public static Comparison run(SparkSession spark, List<String> options) {
    List<String> words = new ArrayList<>(List.of("compare"));
    words.addAll(options);
    String[] arguments = words.toArray(String[]::new);
    CommandLine triptych = new CommandLine(new Triptych());
    triptych.setCaseInsensitiveEnumValuesAllowed(true);
    ConfigFile.applyTo(triptych, arguments);
    ParseResult parsed = parsed(triptych, arguments).subcommand();
    for (String option : OF_THE_COMMAND_ONLY) {
      if (parsed.hasMatchedOption(option)) {
        throw new InvalidInputException(
            option + ": a comparison from code takes the session as it is and writes no files");
      }
    }
    CompareCommand command = (CompareCommand) parsed.commandSpec().userObject();
    try {
      return new Comparison(spark, command.trainOn(spark));
    } catch (IOException e) {
      throw new IllegalStateException("a comparison that writes no files", e);
    }
  }

  private static ParseResult parsed(CommandLine triptych, String[] arguments) {
    try {
      return triptych.parseArgs(arguments);
    } catch (ParameterException e) {
      throw new InvalidInputException(
          String.valueOf(e.getMessage()).lines().findFirst().orElse("bad usage"), e);
    }
  }

  /** Everything that {@code runs.json} would hold. */
  public RunsFile file() {
    return runs;
  }

  /** Which mode was first and by what factor, in a sentence or two. */
  public String headline() {
    return Verdict.of(runs).headline();
  }

  /**
   * One row per trace point: {@code run} (its label in the report), {@code mode}, {@code seconds}
   * on the training clock, {@code epochs}, {@code updates}, {@code objective}, {@code
   * suboptimality} (objective − optimum, where that is known), {@code testMetric}, {@code bytes}
   * sent so far, {@code consensusDistance} and {@code maxStaleness}; null where they mean nothing.
   */
  public Dataset<Row> trace() {
    Double optimum = runs.problem().optimum();
    return table(
        "run string, mode string, seconds double, epochs double, updates long, objective double,"
            + " suboptimality double, testMetric double, bytes long, consensusDistance double,"
            + " maxStaleness int",
        (run, rows) -> {
          for (Point point : run.run.trace()) {
            rows.add(
                RowFactory.create(
                    run.label,
                    run.run.mode(),
                    point.seconds(),
                    point.epochs(),
                    point.updates(),
                    point.objective(),
                    optimum == null ? null : (Double) (point.objective() - optimum),
                    point.testMetric(),
                    point.bytes(),
                    point.consensusDistance(),
                    point.maxStaleness()));
          }
        });
  }

  /**
   * One row per run: {@code run}, {@code mode}, {@code algorithm}, the final {@code objective},
   * {@code seconds} of training, {@code updates}, {@code batches} (mini-batch gradients), {@code
   * bytesSent}; {@code meanStaleness} and {@code maxStaleness} (async); {@code spectralGap} and
   * {@code consensusDistance} (gossip); with slow workers {@code keptThroughput} (mini-batches per
   * second as a share of those of a run without them) and {@code keptInTheory}.
   */
  public Dataset<Row> runs() {
    return table(
        "run string, mode string, algorithm string, objective double, seconds double, updates"
            + " long, batches long, bytesSent long, meanStaleness double, maxStaleness long,"
            + " spectralGap double, consensusDistance double, keptThroughput double, keptInTheory"
            + " double",
        (labelled, rows) -> {
          Run run = labelled.run;
          Staleness staleness = run.staleness();
          Graph graph = run.graph();
          SlowWorker slow = run.slowWorker();
          rows.add(
              RowFactory.create(
                  labelled.label,
                  run.mode(),
                  run.algorithm(),
                  run.finalObjective(),
                  run.trainSeconds(),
                  run.updates(),
                  run.batches(),
                  run.bytesSent(),
                  staleness == null ? null : (Double) staleness.mean(),
                  staleness == null ? null : (Long) staleness.max(),
                  graph == null ? null : (Double) graph.spectralGap(),
                  run.consensusDistance(),
                  slow == null ? null : (Double) slow.ratio(),
                  slow == null ? null : (Double) slow.theory()));
        });
  }

  /**
   * One row per run and worker: {@code run}, {@code worker}, {@code batches}, {@code
   * computeSeconds} and {@code waitSeconds} (for server, neighbours or the end of a step).
   */
  public Dataset<Row> workers() {
    return table(
        "run string, worker int, batches long, computeSeconds double, waitSeconds double",
        (run, rows) -> {
          for (Worker worker : run.run.workers()) {
            rows.add(
                RowFactory.create(
                    run.label,
                    worker.worker(),
                    worker.batches(),
                    worker.computeSeconds(),
                    worker.waitSeconds()));
          }
        });
  }

  /**
   * One row per asynchronous run and staleness τ that occurred: {@code run}, {@code staleness},
   * {@code gradients} applied that were τ updates old. The last possible row also counts all that
   * were older.
   */
  public Dataset<Row> staleness() {
    return table(
        "run string, staleness int, gradients long",
        (run, rows) -> {
          Staleness staleness = run.run.staleness();
          List<Long> histogram = staleness == null ? List.of() : staleness.histogram();
          for (int age = 0; age < histogram.size(); age++) {
            if (histogram.get(age) > 0) {
              rows.add(RowFactory.create(run.label, age, histogram.get(age)));
            }
          }
        });
  }

  /** The whole report, a page that needs no network. */
  public String report() {
    return ReportHtml.render(runs);
  }

  /**
   * The report as an {@code <iframe>} on one line: in Zeppelin {@code println("%html " +
   * comparison.reportFrame(900))}.
   *
   * @param heightPixels of the frame
   */
  public String reportFrame(int heightPixels) {
    return "<iframe title=\"Triptych report\" style=\"width:100%;height:"
        + heightPixels
        + "px;border:0\" srcdoc=\""
        + report()
            .replace("&", "&amp;")
            .replace("\"", "&quot;")
            .replace("\r", "&#13;")
            .replace("\n", "&#10;")
        + "\"></iframe>";
  }

  /** Writes {@code runs.json}, {@code trace.csv} and {@code report.html} into a folder. */
  public void save(Path folder) throws IOException {
    ReportFiles.write(folder, runs);
  }

  private record Labelled(String label, Run run) {}

  private Dataset<Row> table(String schema, BiConsumer<Labelled, List<Row>> rowsOf) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      rowsOf.accept(new Labelled(labels.get(i), runs.runs().get(i)), rows);
    }
    return spark.createDataFrame(rows, StructType.fromDDL(schema));
  }
}
