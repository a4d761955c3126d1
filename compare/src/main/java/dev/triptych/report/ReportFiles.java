package dev.triptych.report;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes, reads and merges the files of a report. */
public final class ReportFiles {
  /** Runs for machines. */
  public static final String RUNS_JSON = "runs.json";

  /** Traces as a table. */
  public static final String TRACE_CSV = "trace.csv";

  /** The page for people. */
  public static final String REPORT_HTML = "report.html";

  private ReportFiles() {}

  /**
   * Writes {@code runs.json}, {@code trace.csv} and {@code report.html} into a folder, replacing
   * them if they are there. A reader sees each file complete or not at all.
   *
   * @param out created if absent
   */
  public static void write(Path out, RunsFile runs) throws IOException {
    Files.createDirectories(out);
    writeWhole(out.resolve(RUNS_JSON), RunsJson.write(runs));
    writeWhole(out.resolve(TRACE_CSV), TraceCsv.write(runs));
    writeWhole(out.resolve(REPORT_HTML), ReportHtml.render(runs));
  }

  /**
   * Reads a {@code runs.json}.
   *
   * @param runsJson the file, or the folder it is in
   * @throws InvalidInputException if it is missing, unreadable or malformed
   */
  public static RunsFile read(Path runsJson) {
    Path file = fileOf(runsJson);
    try {
      return RunsJson.read(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(file + ": no such file", e);
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(file + ": not UTF-8 text", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The runs of several files as one; of a single file as they are. Merged runs carry their file's
   * label as their source.
   *
   * @param files as {@link #read} takes them, by label, all of one problem on one data set
   * @throws InvalidInputException if a file cannot be read, or problem or data differ
   */
  public static RunsFile merge(Map<String, Path> files) {
    if (files.isEmpty()) {
      throw new InvalidInputException("report: expected at least one runs.json");
    }
    Path firstFile = fileOf(files.values().iterator().next());
    RunsFile first = read(firstFile);
    if (files.size() == 1) {
      return first;
    }
    List<RunsFile.Run> runs = new ArrayList<>();
    Set<String> commands = new LinkedHashSet<>();
    RunsFile.Environment environment = first.environment();
    RunsFile.Problem problem = first.problem();
    for (Map.Entry<String, Path> labelled : files.entrySet()) {
      Path file = fileOf(labelled.getValue());
      RunsFile other = read(file);
      requireSame(first, other, firstFile, file);
      for (RunsFile.Run run : other.runs()) {
        String within = run.source();
        runs.add(run.from(within == null ? labelled.getKey() : labelled.getKey() + "/" + within));
      }
      if (other.command() != null) {
        commands.add(other.command());
      }
      if (!Objects.equals(environment, other.environment())) {
        environment = null;
      }
      if (problem.optimum() == null) {
        problem = other.problem();
      }
    }
    return new RunsFile(
        commands.isEmpty() ? null : String.join("\n", commands),
        environment,
        problem,
        first.data(),
        runs);
  }

  private static void requireSame(RunsFile first, RunsFile other, Path firstFile, Path file) {
    requireSame("problem.name", first.problem().name(), other.problem().name(), firstFile, file);
    requireSame(
        "problem.lambda", first.problem().lambda(), other.problem().lambda(), firstFile, file);
    requireSame(
        "problem.intercept",
        first.problem().intercept(),
        other.problem().intercept(),
        firstFile,
        file);
    requireSame(
        "problem.target", first.problem().target(), other.problem().target(), firstFile, file);
    requireSame("data.name", first.data().name(), other.data().name(), firstFile, file);
    requireSame("data.rows", first.data().rows(), other.data().rows(), firstFile, file);
    requireSame("data.features", first.data().features(), other.data().features(), firstFile, file);
    requireSame("data.nonzeros", first.data().nonzeros(), other.data().nonzeros(), firstFile, file);
    requireSame("data.testRows", first.data().testRows(), other.data().testRows(), firstFile, file);
  }

  private static void requireSame(
      String field, @Nullable Object expected, @Nullable Object got, Path firstFile, Path file) {
    if (!Objects.equals(expected, got)) {
      throw new InvalidInputException(
          file
              + ": "
              + field
              + ": expected "
              + expected
              + " as in "
              + firstFile
              + ", got "
              + got
              + "; only runs of one problem can be merged");
    }
  }

  private static Path fileOf(Path runsJson) {
    return Files.isDirectory(runsJson) ? runsJson.resolve(RUNS_JSON) : runsJson;
  }

  private static void writeWhole(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      Files.writeString(temporary, text);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
