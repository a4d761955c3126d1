package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Spark to run on. */
final class SparkOptions {
  /** Keeps what a local Spark would print about itself out of the terminal. */
  private static final int LOCAL_TASK_FAILURES = 4;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "Spark master, such as local[2] or spark://host:7077 (default: spark-submit's, else all local cores).")
  @Nullable String master;

  /**
   * The session of this process, created on first use.
   *
   * @param plugin a Spark plugin class that executors must load, or null
   */
  SparkSession open(@Nullable String plugin) {
    SparkConf conf = new SparkConf();
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
    try {
      return SparkSession.builder().config(conf).getOrCreate();
    } catch (RuntimeException e) {
      if (e instanceof IllegalArgumentException
          || e.getMessage() != null && e.getMessage().contains("master URL")) {
        throw new InvalidInputException("--master: " + e.getMessage(), e);
      }
      throw e;
    } catch (Exception e) {
      if (e instanceof SparkException) {
        throw new InvalidInputException(
            "--master: " + e.getMessage().lines().findFirst().orElse(""), e);
      }
      throw e;
    }
  }

  /** local[2] retries no task; local[2,4] does, as every cluster does. */
  private static String localWithRetries(String url) {
    return url.matches("local\\[[^,\\]]+\\]")
        ? url.substring(0, url.length() - 1) + "," + LOCAL_TASK_FAILURES + "]"
        : url;
  }
}
