package dev.triptych.report;

import static dev.triptych.report.HandMade.file;
import static dev.triptych.report.HandMade.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunsJsonTest {
  private static final RunsFile SMALL =
      file(0.5, null, run("sync", 1, .5), run("async", 1, .4).staleness(1, 3).divergedAt(4));

  @Test
  void theFieldsAreThoseOfTheContractInItsOrder() throws IOException {
    JsonNode root = new ObjectMapper().readTree(RunsJson.write(SMALL));

    assertThat(root.fieldNames()).toIterable().containsExactly("schema", "problem", "data", "runs");
    assertThat(root.get("schema").intValue()).isEqualTo(1);
    assertThat(root.get("problem").fieldNames())
        .toIterable()
        .containsExactly("name", "lambda", "intercept", "target");
    assertThat(root.get("data").fieldNames())
        .toIterable()
        .containsExactly("name", "rows", "features", "nonzeros");
    assertThat(root.get("runs").get(0).fieldNames())
        .toIterable()
        .containsExactly(
            "mode",
            "algorithm",
            "settings",
            "seed",
            "versions",
            "stopReason",
            "finalObjective",
            "trainSeconds",
            "updates",
            "bytesSent",
            "bytesReceived",
            "trace");
    JsonNode async = root.get("runs").get(1);
    assertThat(async.get("divergedAtUpdate").longValue()).isEqualTo(4);
    assertThat(async.has("finalObjective")).isFalse();
    assertThat(async.get("staleness").fieldNames())
        .toIterable()
        .containsExactly("histogram", "mean", "max");
    assertThat(async.get("trace").get(1).fieldNames())
        .toIterable()
        .containsExactly("seconds", "epochs", "updates", "objective", "bytes");
  }

  @Test
  void nothingIsEverNullOrNaN() {
    assertThat(RunsJson.write(new TrainedRuns().file()))
        .doesNotContain("null")
        .doesNotContain("NaN");
  }

  @Test
  void fieldsOfLaterVersionsAreIgnored() {
    String json =
        RunsJson.write(SMALL)
            .replace("\"problem\" : {", "\"new\" : 1, \"problem\" : { \"newer\" : [],");

    assertThat(RunsJson.read("runs.json", json)).isEqualTo(SMALL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"schema\" : 1 | \"schema\" : 2 | runs.json: schema: expected 1, got 2",
        "\"schema\" : 1 | \"scheme\" : 1 | runs.json: schema: expected 1, got nothing",
        "\"schema\" : 1 | \"schema\" : \"1\" | runs.json: schema: expected 1, got \"1\"",
        "\"problem\" : { | \"problems\" : { | runs.json: problem: ",
        "\"rows\" : 100 | \"rows\" : \"many\" | runs.json: data.rows: ",
        "\"rows\" : 100 | \"rows\" : \"100\" | runs.json: data.rows: ",
        "\"rows\" : 100 | \"rows\" : 0 | runs.json: data: rows: expected at least 1, got 0",
        "\"objective\" : 0.5, | | runs.json: runs[0].trace[1].objective: ",
        "\"objective\" : 0.5 | \"objective\" : null | runs.json: runs[0].trace[1].objective: ",
        "\"objective\" : 0.5 | \"objective\" : 1e999 | runs.json: runs[0].trace[1]: objective: expected a finite",
        "\"objective\" : 0.5 | \"objective\" : NaN | not JSON",
        "\"trace\" : [ | \"trace\" : 3, \"traces\" : [ | runs.json: runs[0].trace: ",
      })
  void whatIsMalformedIsNamedInOneLine(String from, String to, String message) {
    String json = RunsJson.write(SMALL);
    assertThat(json).contains(from);

    assertThatThrownBy(
            () -> RunsJson.read("runs.json", replaceFirst(json, from, to == null ? "" : to)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(300));
  }

  @Test
  void brokenTextIsNamedWithItsLine() {
    assertThatThrownBy(() -> RunsJson.read("runs.json", "{\n\"schema\": 1,\n oops"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("runs.json:3: not JSON");
    assertThatThrownBy(() -> RunsJson.read("runs.json", ""))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expected a JSON object");
    assertThatThrownBy(() -> RunsJson.read("runs.json", RunsJson.write(SMALL) + "{}"))
        .isInstanceOf(InvalidInputException.class);
  }

  private static String replaceFirst(String text, String from, String to) {
    int at = text.indexOf(from);
    return text.substring(0, at) + to + text.substring(at + from.length());
  }
}
