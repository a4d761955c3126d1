package dev.triptych.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {
  private static final RunsFile TRAINED = new TrainedRuns().file();

  @TempDir Path folder;

  @Test
  void whatWasWrittenIsReadBackEqual() throws IOException {
    ReportFiles.write(folder.resolve("new/out"), TRAINED);

    assertThat(ReportFiles.read(folder.resolve("new/out/runs.json"))).isEqualTo(TRAINED);
    assertThat(ReportFiles.read(folder.resolve("new/out"))).isEqualTo(TRAINED);
  }

  @Test
  void nothingButTheThreeFilesIsLeftBehind() throws IOException {
    ReportFiles.write(folder, TRAINED);
    ReportFiles.write(folder, TRAINED);

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("runs.json", "trace.csv", "report.html");
    }
  }

  @Test
  void severalFilesOfOneProblemAreMergedInOrder() throws IOException {
    ReportFiles.write(folder.resolve("a"), with(TRAINED.runs().subList(0, 1), "first"));
    ReportFiles.write(folder.resolve("b"), with(TRAINED.runs().subList(1, 3), "second"));

    RunsFile merged =
        ReportFiles.render(
            List.of(folder.resolve("a/runs.json"), folder.resolve("b")), folder.resolve("c"));

    assertThat(merged.runs()).isEqualTo(TRAINED.runs().subList(0, 3));
    assertThat(merged.command()).isEqualTo("first\nsecond");
    assertThat(ReportFiles.read(folder.resolve("c"))).isEqualTo(merged);
    assertThat(folder.resolve("c/report.html")).exists();
  }

  @Test
  void anotherProblemIsRefusedInOneLineThatNamesTheField() throws IOException {
    RunsFile.Problem harder = new RunsFile.Problem("logistic", 0.5, false, null, null);
    ReportFiles.write(folder.resolve("a"), TRAINED);
    ReportFiles.write(
        folder.resolve("b"), new RunsFile(null, null, harder, TRAINED.data(), TRAINED.runs()));

    assertThatThrownBy(
            () ->
                ReportFiles.render(
                    List.of(folder.resolve("a"), folder.resolve("b")), folder.resolve("c")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("problem.lambda: expected 0.01 as in")
        .hasMessageContaining("got 0.5")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    assertThat(folder.resolve("c")).doesNotExist();
  }

  @Test
  void aMergedReportDoesNotReplaceItsParts() throws IOException {
    ReportFiles.write(folder.resolve("a"), TRAINED);
    ReportFiles.write(folder.resolve("b"), TRAINED);
    List<Path> parts = List.of(folder.resolve("a"), folder.resolve("b"));

    assertThatThrownBy(() -> ReportFiles.render(parts, folder.resolve("b")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("would be replaced");
    assertThat(ReportFiles.read(folder.resolve("b"))).isEqualTo(TRAINED);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> ReportFiles.read(folder.resolve("none.json")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder.resolve("none.json") + ": no such file");
  }

  @Test
  void theTableHasOneRowPerTracePointAndModeFirst() throws IOException {
    ReportFiles.write(folder, TRAINED);

    List<String> lines = Files.readAllLines(folder.resolve("trace.csv"));

    assertThat(lines.get(0)).isEqualTo(String.join(",", TraceCsv.COLUMNS)).startsWith("mode,");
    assertThat(lines).hasSize(1 + TRAINED.runs().stream().mapToInt(r -> r.trace().size()).sum());
    RunsFile.Point second = TRAINED.runs().get(0).trace().get(1);
    assertThat(lines.get(2))
        .isEqualTo(
            "sync,sgd,7,%s,%s,1,%s,,%d,,,,"
                .formatted(second.seconds(), second.epochs(), second.objective(), second.bytes()));
    assertThat(lines)
        .anyMatch(line -> line.startsWith("mllib,LogisticRegression,7,") && line.endsWith(",,,,"));
  }

  @Test
  void thePageEmbedsDataThatCannotEndItsScript() {
    String page = ReportHtml.render(TRAINED);

    assertThat(page).contains("generated \\u003c/script>\\u003cb>clicks").doesNotContain("{{");
    assertThat(page.split("</script>", -1)).hasSize(4);
    assertThat(page).doesNotContain("src=\"http").doesNotContain("href=\"http");
  }

  private static RunsFile with(List<RunsFile.Run> runs, String command) {
    return new RunsFile(command, TRAINED.environment(), TRAINED.problem(), TRAINED.data(), runs);
  }
}
