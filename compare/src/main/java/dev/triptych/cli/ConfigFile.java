package dev.triptych.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.Suggestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code --config experiment.yaml}: a flat map from option names without dashes to values. Options
 * on the command line win.
 */
final class ConfigFile implements IDefaultValueProvider {
  private final Map<String, String> values;

  private ConfigFile(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads a file and checks every key against the command's options.
   *
   * @throws InvalidInputException if it cannot be read, is not a flat map, or has an unknown key
   */
  static ConfigFile read(Path file, CommandSpec command) {
    JsonNode root;
    try {
      root = new ObjectMapper(new YAMLFactory()).readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file
              + ":"
              + (e.getLocation() == null ? 1 : e.getLocation().getLineNr())
              + ": not YAML: "
              + e.getOriginalMessage().lines().findFirst().orElse(""),
          e);
    } catch (IOException e) {
      throw new InvalidInputException("--config: cannot read " + file, e);
    }
    if (!root.isObject()) {
      throw new InvalidInputException(
          file + ": expected option names and values, such as \"workers: 4\"");
    }
    List<String> known =
        command.options().stream()
            .map(OptionSpec::longestName)
            .map(name -> name.substring(2))
            .toList();
    Map<String, String> values = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      String key = entry.getKey();
      if (!known.contains(key)) {
        throw new InvalidInputException(
            file + ": unknown option \"" + key + "\"" + Suggestion.of(key, known));
      }
      JsonNode value = entry.getValue();
      if (value.isObject()) {
        throw new InvalidInputException(file + ": " + key + ": expected a value, got a map");
      }
      values.put("--" + key, value.isArray() ? joined(value) : value.asText());
    }
    return new ConfigFile(values);
  }

  /**
   * Gives the command that {@code args} name the defaults of the file they name, if any; picocli
   * then parses as usual.
   *
   * @throws InvalidInputException as {@link #read}
   */
  static void applyTo(CommandLine root, String[] args) {
    CommandLine command = args.length == 0 ? null : root.getSubcommands().get(args[0]);
    Path file = named(args);
    if (command != null && file != null) {
      command.setDefaultValueProvider(read(file, command.getCommandSpec()));
    }
  }

  private static @Nullable Path named(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith("--config=")) {
        return Path.of(args[i].substring("--config=".length()));
      }
      if (args[i].equals("--config") && i + 1 < args.length) {
        return Path.of(args[i + 1]);
      }
    }
    return null;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option ? values.get(option.longestName()) : null;
  }

  private static String joined(JsonNode array) {
    StringBuilder text = new StringBuilder();
    for (JsonNode element : array) {
      text.append(text.length() == 0 ? "" : ",").append(element.asText());
    }
    return text.toString();
  }
}
