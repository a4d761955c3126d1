package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleGenerator;
import dev.triptych.datasets.RowText;
import dev.triptych.datasets.SyntheticSpec;
import dev.triptych.spark.data.PartFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes generated examples as text, in parallel on Spark. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Generate examples on Spark and write them as text: LIBSVM, or for ratings CSV.",
      "SPEC is KIND,key=value,…: clicklog, gaussian, heterogeneous, interactions or ratings; datasets describe KIND"
          + " says what it is, with its keys and their defaults. A row depends on its number and the seed only. Rows"
          + " are not kept in memory, so there may be more than fit in it."
    })
final class GenerateCommand implements Callable<Integer> {
  private static final String FILE_NAMES = ".*\\.(libsvm|svm|txt|csv)(\\.gz)?|.*\\.gz";
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(5);
  private static final long PART_BYTES = 128L << 20;
  private static final int ROWS_PER_PART = 1000;
  private static final int MAX_PARTS = 100_000;
  private static final int TRIED_ROWS = 20;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "SPEC", description = "Such as clicklog,rows=1000000,features=100000.")
  String text = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER|FILE",
      description =
          "New folder for the training rows, one file for each part, on any file system that Hadoop"
              + " knows. A name that ends in .libsvm, .svm, .txt, .csv or .gz is one file.")
  String out = "";

  @Option(
      names = "--test-out",
      paramLabel = "FOLDER|FILE",
      description = "The same for the test rows.")
  @Nullable String testOut;

  @Option(
      names = "--parts",
      paramLabel = "N",
      description =
          "How many parts to write side by side (default: one for each core, more when they would"
              + " be larger than 128 MB).")
  @Nullable Integer parts;

  @Option(names = "--gzip", description = "Pack the files of a folder.")
  boolean gzip;

  @Option(names = "--no-progress", description = "Say nothing on the way.")
  boolean noProgress;

  @Mixin SparkOptions spark = new SparkOptions();

  @Override
  public Integer call() {
    SyntheticSpec synthetic =
        SyntheticSpec.parse(
            text.startsWith(SyntheticSpec.PREFIX) ? text : SyntheticSpec.PREFIX + text);
    Integer wanted = parts;
    if (wanted != null && (wanted < 1 || wanted > MAX_PARTS)) {
      throw new InvalidInputException(
          "--parts: expected a whole number from 1 to " + MAX_PARTS + ", got " + wanted);
    }
    String test = testOut;
    if (out.isBlank() || test != null && test.isBlank()) {
      throw new InvalidInputException("--out, --test-out: expected a name, got nothing");
    }
    if (test != null && synthetic.testRows() == 0) {
      throw new InvalidInputException("--test-out: there are no test rows; say test=ROWS");
    }
    if (test != null && new Path(out).equals(new Path(test))) {
      throw new InvalidInputException("--test-out: expected another name than --out, got " + out);
    }
    spark.check();
    SparkSession session = spark.open(null);
    try {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      // Both are refused before either is written, and both are written before either appears.
      try (PartFiles training = PartFiles.create(context, out);
          PartFiles testing = test == null ? null : PartFiles.create(context, test)) {
        long rows = synthetic.rows();
        write(context, synthetic, training, out, 0, rows);
        if (test != null && testing != null) {
          write(context, synthetic, testing, test, rows, rows + synthetic.testRows());
          publish(testing, test);
        }
        publish(training, out);
        PrintWriter says = spec.commandLine().getOut();
        says.println(out + ": " + synthetic.text());
        if (test != null && testing != null) {
          says.println(test + ": its " + synthetic.testRows() + " test rows");
        }
      }
    } finally {
      session.stop();
    }
    return ExitStatus.OK;
  }

  private void write(
      JavaSparkContext context,
      SyntheticSpec synthetic,
      PartFiles files,
      String name,
      long from,
      long to) {
    ExampleGenerator generator = synthetic.generator();
    RowText rowText = synthetic.rowText();
    // A file of several parts joined has its header once.
    boolean oneHeader = isFile(name);
    int numParts = numParts(context, generator, rowText, to - from);
    PrintWriter err = spec.commandLine().getErr();
    LogProgress log =
        new LogProgress(name, LogProgress.PARTS, LOG_INTERVAL.toNanos(), System.nanoTime())
            .patient();
    files.write(
        context,
        from,
        to,
        numParts,
        suffix(name, rowText),
        (first, end, stream) ->
            rowText.write(generator, first, end, !oneHeader || first == from, stream),
        (done, all) -> {
          String line = noProgress ? null : log.progressed(done, all, System.nanoTime());
          if (line != null) {
            err.println(line);
          }
        });
    String last = noProgress ? null : log.end(System.nanoTime());
    if (last != null) {
      err.printf(Locale.ROOT, "%s: %,d rows, %,d bytes%n", last, to - from, files.bytes());
    }
  }

  private static void publish(PartFiles files, String name) {
    if (isFile(name)) {
      files.publishFile();
    } else {
      files.publishFolder();
    }
  }

  private static boolean isFile(String name) {
    return name.matches(FILE_NAMES);
  }

  private String suffix(String name, RowText rowText) {
    String kind = rowText == RowText.RATINGS ? ".csv" : ".libsvm";
    return kind + (gzip || name.endsWith(".gz") ? ".gz" : "");
  }

  /** A part for each core, if that is worth it, and none too large to be written again. */
  private int numParts(
      JavaSparkContext context, ExampleGenerator generator, RowText rowText, long rows) {
    Integer wanted = parts;
    if (wanted != null) {
      return (int) Math.min(wanted, rows);
    }
    long tried = Math.min(TRIED_ROWS, rows);
    long[] bytes = {0};
    try {
      rowText.write(
          generator,
          0,
          tried,
          true,
          new OutputStream() {
            @Override
            public void write(int b) {
              bytes[0]++;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    double perPart = (double) bytes[0] / tried * rows / PART_BYTES;
    long most = Math.min(MAX_PARTS, Math.max(1, rows / ROWS_PER_PART));
    return (int) Math.min(most, Math.max(context.defaultParallelism(), Math.ceil(perPart)));
  }
}
