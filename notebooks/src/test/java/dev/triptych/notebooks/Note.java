package dev.triptych.notebooks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.triptych.notebooks.Chart.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A note as Zeppelin stores it (.zpln), with every key checked: Zeppelin itself takes almost any
 * JSON and then shows an empty page.
 */
record Note(String name, String id, List<Paragraph> paragraphs) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final Set<String> NOTE_KEYS =
      Set.of(
          "paragraphs",
          "name",
          "id",
          "defaultInterpreterGroup",
          "noteParams",
          "noteForms",
          "angularObjects",
          "config",
          "info");

  private static final Set<String> PARAGRAPH_KEYS =
      Set.of("title", "text", "id", "user", "config", "settings", "status");

  private static final Pattern MAGIC =
      Pattern.compile("\\A\\s*%([\\w.]+)(?:\\([^)\\n]*\\))?[ \\t]*\\n?(.*)\\z", Pattern.DOTALL);

  /**
   * Reads a note.
   *
   * @throws BrokenNoteException if it is not JSON, or a key is missing, unknown or of another type
   */
  static Note read(Path file) throws IOException {
    String where = String.valueOf(file.getFileName());
    JsonNode root;
    try {
      root = MAPPER.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new BrokenNoteException(where, "not JSON: " + e.getOriginalMessage(), e);
    }
    knownKeys(where, root, NOTE_KEYS);
    String name = text(where, root, "name");
    if (!where.equals(name + "_" + text(where, root, "id") + ".zpln")) {
      throw new BrokenNoteException(where, "Zeppelin names files NAME_ID.zpln");
    }
    if (!text(where, root, "defaultInterpreterGroup").equals("spark")) {
      throw new BrokenNoteException(where, "defaultInterpreterGroup: expected spark");
    }
    List<Paragraph> paragraphs = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (JsonNode node : array(where, root, "paragraphs")) {
      String at = where + ", paragraph " + (paragraphs.size() + 1);
      if (!ids.add(text(at, node, "id"))) {
        throw new BrokenNoteException(at, "its id is another paragraph's");
      }
      paragraphs.add(paragraph(at, node));
    }
    return new Note(name, text(where, root, "id"), List.copyOf(paragraphs));
  }

  private static Paragraph paragraph(String at, JsonNode node) {
    knownKeys(at, node, PARAGRAPH_KEYS);
    String title = node.has("title") ? " (" + text(at, node, "title") + ")" : "";
    String where = at + title;
    if (!node.path("config").isObject() || !node.path("settings").isObject()) {
      throw new BrokenNoteException(where, "expected the objects config and settings");
    }
    Matcher matcher = MAGIC.matcher(text(where, node, "text"));
    if (!matcher.matches()) {
      throw new BrokenNoteException(where, "expected a magic such as %spark in the first line");
    }
    return new Paragraph(
        where, matcher.group(1), matcher.group(2), chart(where, node.path("config")));
  }

  private static @Nullable Chart chart(String where, JsonNode config) {
    if (!config.has("results")) {
      return null;
    }
    JsonNode graph = array(where, config, "results").get(0).path("graph");
    String mode = text(where, graph, "mode");
    if (!Chart.MODES.contains(mode)) {
      throw new BrokenNoteException(where, "graph.mode: expected " + Chart.MODES + ", got " + mode);
    }
    List<Column> columns = new ArrayList<>();
    for (String role : List.of("keys", "groups", "values")) {
      for (JsonNode column : array(where, graph, role)) {
        columns.add(column(where, column, role.equals("values")));
      }
    }
    if (mode.equals("scatterChart")) {
      JsonNode axes = graph.at("/setting/scatterChart");
      for (String role : List.of("xAxis", "yAxis", "group")) {
        columns.add(column(where, axes.path(role), !role.equals("group")));
      }
    }
    if (!mode.equals("table") && columns.isEmpty()) {
      throw new BrokenNoteException(where, "graph: a chart needs keys and values");
    }
    return new Chart(mode, List.copyOf(columns));
  }

  private static Column column(String where, JsonNode node, boolean numeric) {
    if (!node.path("index").isNumber()) {
      throw new BrokenNoteException(where, "graph: a column needs its index");
    }
    return new Column(text(where, node, "name"), node.get("index").intValue(), numeric);
  }

  private static void knownKeys(String where, JsonNode node, Set<String> known) {
    if (!node.isObject()) {
      throw new BrokenNoteException(where, "expected a JSON object");
    }
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw new BrokenNoteException(where, "unknown key " + key);
              }
            });
  }

  private static String text(String where, JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new BrokenNoteException(where, key + ": expected text");
    }
    return value.textValue();
  }

  private static JsonNode array(String where, JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isArray() || (key.matches("paragraphs|results") && value.isEmpty())) {
      throw new BrokenNoteException(where, key + ": expected an array");
    }
    return value;
  }
}
