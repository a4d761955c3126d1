package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import java.security.CodeSource;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which Spark to run on. */
final class SparkOptions {
  /** How often a local Spark tries a task, as clusters do. */
  private static final int LOCAL_TASK_FAILURES = 4;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "Spark master, such as local[2] or spark://host:7077 (default: spark-submit's, else all local cores).")
  @Nullable String master;

  @Mixin SparkConfOptions settings = new SparkConfOptions();

  /** Refuses bad settings before Spark starts. */
  void check() {
    SparkConf unused = settings.conf();
  }

  /**
   * The session of this process, created on first use.
   *
   * @param plugin a Spark plugin class that executors must load, or null
   */
  SparkSession open(@Nullable String plugin) {
    SparkConf conf = settings.conf();
    conf.setIfMissing("spark.app.name", "Triptych");
    if (master != null) {
      conf.set("spark.master", localWithRetries(master));
    } else {
      conf.setIfMissing(
          "spark.master",
          "local[" + Runtime.getRuntime().availableProcessors() + "," + LOCAL_TASK_FAILURES + "]");
    }
    boolean local = conf.get("spark.master").startsWith("local");
    if (local) {
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.sql.shuffle.partitions", "8");
    }
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    if (plugin != null) {
      String others = conf.get("spark.plugins", "");
      if (!others.contains(plugin)) {
        conf.set("spark.plugins", others.isEmpty() ? plugin : others + "," + plugin);
      }
    }
    if (!local) {
      // Executors need our classes; spark-submit has said so already, bin/triptych has not.
      ownJar().ifPresent(jar -> conf.setIfMissing("spark.jars", jar));
    }
    try {
      return SparkSession.builder().config(conf).getOrCreate();
    } catch (Exception e) {
      throw new InvalidInputException(
          "--master "
              + conf.get("spark.master")
              + ": Spark did not start: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          e);
    }
  }

  /** The jar that holds this class, if it came from one. */
  private static Optional<String> ownJar() {
    CodeSource source = SparkOptions.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return Optional.empty();
    }
    String location = source.getLocation().toString();
    return location.endsWith(".jar") ? Optional.of(location) : Optional.empty();
  }

  /** local[2] retries no task; local[2,4] does, as every cluster does. */
  private static String localWithRetries(String url) {
    return url.matches("local\\[[^,\\]]+\\]")
        ? url.substring(0, url.length() - 1) + "," + LOCAL_TASK_FAILURES + "]"
        : url;
  }
}
