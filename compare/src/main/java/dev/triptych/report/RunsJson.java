package dev.triptych.report;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.triptych.core.InvalidInputException;
import java.util.List;

/** {@link RunsFile} as JSON text, and back. Stateless and thread-safe. */
public final class RunsJson {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private RunsJson() {}

  /** Indented JSON, ending in a line break. */
  public static String write(RunsFile runs) {
    try {
      return MAPPER.writeValueAsString(runs) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a RunsFile is always writable", e);
    }
  }

  /**
   * Reads what {@link #write} wrote, with any fields that others added.
   *
   * @param file name for messages
   * @throws InvalidInputException if the text is not JSON, of another schema, or a field is missing
   *     or of the wrong type; names the file and the field
   */
  public static RunsFile read(String file, String json) {
    try {
      JsonNode root = MAPPER.readTree(json);
      if (!root.isObject()) {
        throw new InvalidInputException(file + ": expected a JSON object, as compare writes it");
      }
      JsonNode schema = root.path("schema");
      if (!schema.isInt() || schema.intValue() != RunsFile.SCHEMA) {
        throw new InvalidInputException(
            file
                + ": schema: expected "
                + RunsFile.SCHEMA
                + ", got "
                + (schema.isMissingNode() ? "nothing" : schema));
      }
      return MAPPER.treeToValue(root, RunsFile.class);
    } catch (JsonMappingException e) {
      throw new InvalidInputException(file + ": " + path(e.getPath()) + reason(e), e);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String line = at == null ? "" : ":" + at.getLineNr();
      throw new InvalidInputException(file + line + ": not JSON: " + firstLine(e), e);
    }
  }

  private static String path(List<JsonMappingException.Reference> references) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference reference : references) {
      if (reference.getFieldName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.length() == 0 ? "" : ".").append(reference.getFieldName());
      }
    }
    return path.length() == 0 ? "" : path + ": ";
  }

  private static String reason(JsonMappingException e) {
    if (e instanceof ValueInstantiationException && e.getCause() != null) {
      return String.valueOf(e.getCause().getMessage());
    }
    return firstLine(e);
  }

  private static String firstLine(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return message == null ? "malformed" : message.lines().findFirst().orElse("malformed");
  }
}
