package dev.triptych.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    Map<String, Path> files = new LinkedHashMap<>();
    files.put("monday", folder.resolve("a/runs.json"));
    files.put("friday", folder.resolve("b"));
    RunsFile merged = ReportFiles.merge(files);

    assertThat(merged.runs())
        .isEqualTo(
            List.of(
                TRAINED.runs().get(0).from("monday"),
                TRAINED.runs().get(1).from("friday"),
                TRAINED.runs().get(2).from("friday")));
    assertThat(merged.command()).isEqualTo("first\nsecond");
    ReportFiles.write(folder.resolve("c"), merged);
    assertThat(ReportFiles.read(folder.resolve("c"))).isEqualTo(merged);
  }

  @Test
  void runsThatWereMergedBeforeKeepTheNamesOfBothMerges() throws IOException {
    ReportFiles.write(folder.resolve("a"), with(List.of(TRAINED.runs().get(0).from("x")), "first"));
    ReportFiles.write(folder.resolve("b"), TRAINED);

    RunsFile merged =
        ReportFiles.merge(
            new LinkedHashMap<>(Map.of("a", folder.resolve("a"), "b", folder.resolve("b"))));

    assertThat(merged.runs()).extracting(RunsFile.Run::source).contains("a/x", "b");
  }

  @Test
  void aSingleFileStaysAsItIs() throws IOException {
    ReportFiles.write(folder.resolve("a"), TRAINED);

    assertThat(ReportFiles.merge(Map.of("a", folder.resolve("a")))).isEqualTo(TRAINED);
  }

  @Test
  void anotherProblemIsRefusedInOneLineThatNamesTheField() throws IOException {
    RunsFile.Problem harder = new RunsFile.Problem("logistic", 0.5, false, null, null);
    ReportFiles.write(folder.resolve("a"), TRAINED);
    ReportFiles.write(
        folder.resolve("b"), new RunsFile(null, null, harder, TRAINED.data(), TRAINED.runs()));

    assertThatThrownBy(
            () ->
                ReportFiles.merge(
                    new LinkedHashMap<>(
                        Map.of("a", folder.resolve("a"), "b", folder.resolve("b")))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("problem.lambda: expected ")
        .hasMessageContaining("0.01")
        .hasMessageContaining("0.5")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
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
