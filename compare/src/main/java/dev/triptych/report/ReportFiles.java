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
   * Renders runs again, merged into one report when there are several files.
   *
   * @param runsJson files as {@link #read} takes them, all of one problem on one data set
   * @param out folder of the new report
   * @return what was written
   * @throws InvalidInputException if a file cannot be read, the problems differ, or the merged
   *     {@code runs.json} would replace one of its parts
   */
  public static RunsFile render(List<Path> runsJson, Path out) throws IOException {
    if (runsJson.isEmpty()) {
      throw new InvalidInputException("report: expected at least one runs.json");
    }
    List<Path> files = runsJson.stream().map(ReportFiles::fileOf).toList();
    RunsFile merged = merge(files);
    if (files.size() > 1) {
      for (Path file : files) {
        if (isSame(file, out.resolve(RUNS_JSON))) {
          throw new InvalidInputException(
              file + ": would be replaced by the merged report; name another folder");
        }
      }
    }
    write(out, merged);
    return merged;
  }

  private static RunsFile merge(List<Path> files) {
    Path firstFile = files.get(0);
    RunsFile first = read(firstFile);
    List<RunsFile.Run> runs = new ArrayList<>(first.runs());
    Set<String> commands = new LinkedHashSet<>();
    if (first.command() != null) {
      commands.add(first.command());
    }
    RunsFile.Environment environment = first.environment();
    RunsFile.Problem problem = first.problem();
    for (Path file : files.subList(1, files.size())) {
      RunsFile other = read(file);
      requireSame(first, other, firstFile, file);
      runs.addAll(other.runs());
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

  private static boolean isSame(Path a, Path b) throws IOException {
    return Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
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
