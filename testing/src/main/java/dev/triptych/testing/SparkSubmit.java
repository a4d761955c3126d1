package dev.triptych.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the real {@code org.apache.spark.deploy.SparkSubmit} in a child JVM. Driver and executors
 * get {@link #classPath} as Spark's jars, with Java options that Spark needs.
 */
public final class SparkSubmit {
  private final String masterUrl;
  private final List<String> options = new ArrayList<>();
  private String classPath = JavaProcess.testClassPath();

  private SparkSubmit(String masterUrl) {
    this.masterUrl = masterUrl;
  }

  /** What the application printed, standard error included, and its exit status. */
  public record Result(int exitStatus, String output) {}

  /**
   * A submission yet to be started.
   *
   * @param masterUrl such as {@link StandaloneCluster#masterUrl()}
   */
  public static SparkSubmit to(String masterUrl) {
    return new SparkSubmit(masterUrl)
        .conf("spark.ui.enabled", "false")
        .conf("spark.driver.host", "127.0.0.1")
        .conf("spark.driver.bindAddress", "127.0.0.1")
        .conf("spark.executor.memory", "1g")
        .conf("spark.executor.extraJavaOptions", SparkSessions.javaOptions())
        .conf("spark.driver.extraJavaOptions", SparkSessions.javaOptions());
  }

  /**
   * Instead of the test class path, for driver and executors; {@link JavaProcess#sparkClassPath}
   * shows that the jar brings all it needs.
   */
  public SparkSubmit classPath(String entries) {
    classPath = entries;
    return this;
  }

  /** {@code --conf key=value}. */
  public SparkSubmit conf(String key, String value) {
    return options("--conf", key + "=" + value);
  }

  /** Options of spark-submit, such as {@code --deploy-mode cluster}. */
  public SparkSubmit options(String... values) {
    options.addAll(List.of(values));
    return this;
  }

  /** Starts the application; the caller closes the process. */
  public JavaProcess start(Path jar, String mainClass, String... arguments) {
    SparkSessions.prepareSparkHome();
    List<String> all = new ArrayList<>(List.of("--master", masterUrl, "--class", mainClass));
    all.addAll(options);
    all.addAll(List.of("--conf", "spark.executor.extraClassPath=" + classPath));
    all.addAll(List.of("--conf", "spark.driver.extraClassPath=" + classPath));
    all.add(jar.toString());
    all.addAll(List.of(arguments));
    return JavaProcess.of("spark-submit", "org.apache.spark.deploy.SparkSubmit")
        .classPath(classPath)
        .arguments(all.toArray(String[]::new))
        .start();
  }

  /**
   * Runs the application to its end.
   *
   * @throws AssertionError with the output, if it does not end within {@code maxWait}; it is ended
   */
  public Result run(Duration maxWait, Path jar, String mainClass, String... arguments)
      throws InterruptedException {
    try (JavaProcess process = start(jar, mainClass, arguments)) {
      int status = process.awaitExit(maxWait);
      return new Result(status, process.output());
    }
  }
}
