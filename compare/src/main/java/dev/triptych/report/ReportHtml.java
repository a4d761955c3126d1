package dev.triptych.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code report.html}: one file that needs no network. The page is a template with a style sheet, a
 * script and Apache ECharts, all read from the class path; the runs, their verdict and labels are
 * embedded as JSON, and the script draws them.
 */
public final class ReportHtml {
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
            "script", resource("report.js"),
            "data", data);
    return SLOT.matcher(resource(template))
        .replaceAll(slot -> Matcher.quoteReplacement(part(parts, slot.group(1))));
  }

  private static String part(Map<String, String> parts, String name) {
    String part = parts.get(name);
    if (part == null) {
      throw new IllegalStateException("a page has an unknown slot " + name);
    }
    return part;
  }

  private record Embedded(RunsFile file, List<String> labels, Verdict verdict) {}

  /** JSON that cannot end the script element it stands in: "<" occurs in strings only. */
  private static String data(RunsFile file) {
    try {
      return RunsJson.MAPPER
          .writer()
          .without(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(new Embedded(file, Runs.labels(file.runs()), Verdict.of(file)))
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
