package dev.triptych.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code report.html}: one file that needs no network. The page is a template with a style sheet, a
 * script and Apache ECharts, all read from the class path; the runs, their verdict and labels are
 * embedded as JSON, and the script draws them. Long traces are thinned, and the page says so.
 */
public final class ReportHtml {
  /** In the order in which they use each other. */
  private static final List<String> SCRIPTS =
      List.of(
          "words.js",
          "page.js",
          "curves.js",
          "chart.js",
          "convergence.js",
          "timeline.js",
          "behaviour.js",
          "summary.js",
          "settings.js",
          "start.js");

  /** With the chart library, one megabyte, the page stays below five. */
  private static final int MAX_DATA_CHARACTERS = 3_500_000;

  private static final int MAX_POINTS = 1024;
  private static final int MIN_POINTS = 16;

  private static final Pattern SLOT = Pattern.compile("\\{\\{(\\w+)}}");

  private ReportHtml() {}

  /** The whole page. */
  public static String render(RunsFile file) {
    return page("report.html", data(file));
  }

  /** A template with style sheet, chart library, script and data put into its slots. */
  static String page(String template, String data) {
    Map<String, String> parts =
        Map.of(
            "style", resource("report.css"),
            "echarts", resource("/" + chartLibrary()),
            "script", script(),
            "data", data);
    return SLOT.matcher(resource(template))
        .replaceAll(slot -> Matcher.quoteReplacement(part(parts, slot.group(1))));
  }

  /** The scripts as one function, so that what they declare is nobody else's. */
  private static String script() {
    StringBuilder script = new StringBuilder("\"use strict\";\n(() => {\n");
    for (String name : SCRIPTS) {
      script.append(resource(name)).append('\n');
    }
    return script.append("})();").toString();
  }

  private static String part(Map<String, String> parts, String name) {
    String part = parts.get(name);
    if (part == null) {
      throw new IllegalStateException("a page has an unknown slot " + name);
    }
    return part;
  }

  /** A series as the page knows it; see {@link Series}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Group(List<Integer> runs, int median, @Nullable EffectiveStep effectiveStep) {}

  /** JSON that cannot end the script element it stands in: "<" occurs in strings only. */
  private static String data(RunsFile file) {
    List<Series> all = Series.of(file.runs());
    ObjectNode root = RunsJson.MAPPER.createObjectNode();
    root.set("file", RunsJson.MAPPER.valueToTree(file));
    root.set("labels", RunsJson.MAPPER.valueToTree(Verdict.labels(all)));
    root.set(
        "groups",
        RunsJson.MAPPER.valueToTree(
            all.stream()
                .map(s -> new Group(s.indices(), s.median(), EffectiveStep.of(s.representative())))
                .toList()));
    root.set("verdict", RunsJson.MAPPER.valueToTree(Verdict.of(file)));
    String text = json(root);
    int limit = MAX_POINTS;
    while (text.length() > MAX_DATA_CHARACTERS && limit > MIN_POINTS) {
      limit /= 2;
      Thinning.apply(root.path("file").path("runs"), limit);
      root.put("pointsPerRun", limit);
      text = json(root);
    }
    return text;
  }

  private static String json(ObjectNode root) {
    try {
      return RunsJson.MAPPER
          .writer()
          .without(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(root)
          .replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("runs are always writable", e);
    }
  }

  private static String chartLibrary() {
    Properties properties = new Properties();
    try (InputStream in = open("echarts.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("script");
  }

  private static String resource(String name) {
    try (InputStream in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = ReportHtml.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException(name + " is missing from the class path");
    }
    return in;
  }
}
