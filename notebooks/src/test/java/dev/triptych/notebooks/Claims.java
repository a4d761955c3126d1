package dev.triptych.notebooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.triptych.notebooks.Chart.Column;
import dev.triptych.notebooks.NoteRunner.Shown;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zeppelin.interpreter.InterpreterResult;
import org.apache.zeppelin.interpreter.InterpreterResultMessage;

/** Does a paragraph show what it promises: a table with rows to draw, the report with its runs? */
final class Claims {
  private static final Pattern DATA =
      Pattern.compile("<script[^>]*application/json[^>]*>(.*?)</script>", Pattern.DOTALL);

  private Claims() {}

  /**
   * @throws BrokenNoteException if it does not
   */
  static void check(Shown shown) throws IOException {
    Paragraph paragraph = shown.paragraph();
    if (paragraph.claimsTable()) {
      table(paragraph, only(shown, InterpreterResult.Type.TABLE));
    }
    if (paragraph.claimsReport()) {
      report(paragraph, only(shown, InterpreterResult.Type.HTML));
    }
  }

  /** Zeppelin keeps a chart's settings for the first result. */
  private static String only(Shown shown, InterpreterResult.Type type) {
    List<InterpreterResultMessage> messages = shown.messages();
    if (messages.isEmpty() || messages.get(0).getType() != type) {
      throw new BrokenNoteException(
          shown.paragraph().where(),
          "expected "
              + type
              + " as its first result, got "
              + messages.stream().map(message -> message.getType().name()).toList());
    }
    return messages.get(0).getData();
  }

  private static void table(Paragraph paragraph, String data) {
    List<String> lines = data.strip().lines().toList();
    String[] header = lines.get(0).split("\t", -1);
    if (lines.size() < 2) {
      throw new BrokenNoteException(paragraph.where(), "its table has no rows");
    }
    for (String line : lines) {
      if (line.split("\t", -1).length != header.length) {
        throw new BrokenNoteException(paragraph.where(), "not a row of its table: " + line);
      }
    }
    Chart chart = paragraph.chart();
    for (Column column : chart == null ? List.<Column>of() : chart.columns()) {
      if (column.index() >= header.length || !header[column.index()].equals(column.name())) {
        throw new BrokenNoteException(
            paragraph.where(),
            "its chart draws column "
                + column.index()
                + " "
                + column.name()
                + ", its table has "
                + Arrays.toString(header));
      }
      if (column.numeric()) {
        lines.subList(1, lines.size()).forEach(line -> number(paragraph, column, line));
      }
    }
  }

  private static void number(Paragraph paragraph, Column column, String line) {
    String cell = line.split("\t", -1)[column.index()];
    try {
      if (Double.isFinite(Double.parseDouble(cell))) {
        return;
      }
    } catch (NumberFormatException e) {
      // Told below, with the same words as for a number that is not finite.
    }
    throw new BrokenNoteException(
        paragraph.where(), "its chart cannot draw " + column.name() + " = " + cell);
  }

  private static void report(Paragraph paragraph, String html) throws IOException {
    int start = html.indexOf("srcdoc=\"");
    int end = html.lastIndexOf("\"></iframe>");
    if (start < 0 || end < start) {
      throw new BrokenNoteException(paragraph.where(), "its %html has no report in a frame");
    }
    String page =
        html.substring(start + "srcdoc=\"".length(), end)
            .replace("&#10;", "\n")
            .replace("&#13;", "\r")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
    Matcher data = DATA.matcher(page);
    if (!page.contains("echarts.init") || !data.find()) {
      throw new BrokenNoteException(paragraph.where(), "its report has no chart");
    }
    JsonNode runs = new ObjectMapper().readTree(data.group(1)).at("/file/runs");
    if (runs.isEmpty() || runs.get(0).at("/trace").isEmpty()) {
      throw new BrokenNoteException(paragraph.where(), "its report has no runs to draw");
    }
  }
}
