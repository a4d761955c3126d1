package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Spark's own settings, as spark-submit takes them. */
final class SparkConfOptions {
  private static final Pattern SECRET =
      Pattern.compile("(secret|password|token|access[.]?key)$", Pattern.CASE_INSENSITIVE);

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A Spark setting; may be repeated. No secrets: everyone sees a command line.")
  List<String> pairs = List.of();

  @Option(
      names = "--properties-file",
      paramLabel = "FILE",
      description = "Spark settings, one \"key value\" or \"key=value\" a line; may hold secrets.")
  @Nullable Path file;

  /**
   * Spark's settings: those of this process, then the file's, then {@code --conf}.
   *
   * @throws InvalidInputException if the file cannot be read, a pair is none, or a secret is on the
   *     command line
   */
  SparkConf conf() {
    SparkConf conf = new SparkConf();
    Path path = file;
    if (path != null) {
      Properties properties = read(path);
      for (String key : properties.stringPropertyNames()) {
        conf.set(key, properties.getProperty(key).strip());
      }
    }
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new InvalidInputException("--conf: expected key=value, got \"" + pair + "\"");
      }
      String key = pair.substring(0, equals);
      if (SECRET.matcher(key).find()) {
        throw new InvalidInputException(
            "--conf " + key + ": everyone sees a command line; put it into --properties-file");
      }
      conf.set(key, pair.substring(equals + 1));
    }
    return conf;
  }

  private static Properties read(Path path) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(path)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(
          "--properties-file: cannot read " + path + ": " + e.getMessage(), e);
    }
    return properties;
  }
}
