package dev.triptych.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThinningTest {
  @Test
  void aThinnedTraceKeepsItsFirstAndItsLastPointAndTheirOrder() {
    ArrayNode runs = RunsJson.MAPPER.createArrayNode();
    ArrayNode trace = runs.addObject().putArray("trace");
    for (int k = 0; k < 1000; k++) {
      trace.addObject().put("updates", k);
    }

    Thinning.apply(runs, 16);

    List<Integer> kept = new ArrayList<>();
    runs.get(0).get("trace").forEach((JsonNode point) -> kept.add(point.get("updates").asInt()));
    assertThat(kept).hasSize(16).startsWith(0).endsWith(999).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void fewerSpansAreSamplesFromThenOn() {
    ArrayNode runs = RunsJson.MAPPER.createArrayNode();
    ObjectNode timeline = runs.addObject().putObject("timeline").put("sampled", false);
    ArrayNode spans = timeline.putArray("workers").addObject().putArray("spans");
    for (int k = 0; k < 20; k++) {
      spans.addArray().add(k).add(k + 1).add("computing");
    }

    Thinning.apply(runs, 16);

    assertThat(spans).hasSize(16);
    assertThat(timeline.get("sampled").asBoolean()).isTrue();
  }

  @Test
  void aPageOfManyLongTracesIsThinnedAndSaysSo() {
    double[] objectives = new double[30_000];
    for (int k = 0; k < objectives.length; k++) {
      objectives[k] = 1.0 / (k + 2.123456789);
    }
    RunsFile file =
        HandMade.file(
            null,
            null,
            HandMade.run("sync", 1.23456789, objectives),
            HandMade.run("async", 1.23456789, objectives));

    String page = ReportHtml.render(file);

    assertThat(page.length()).isLessThan(5_000_000);
    assertThat(page).containsPattern("\"pointsPerRun\":\\d+");
  }
}
