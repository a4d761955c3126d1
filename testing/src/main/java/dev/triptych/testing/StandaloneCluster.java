package dev.triptych.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A real standalone Spark cluster on this machine, in processes of its own: a master and N workers
 * with one core each (or as many as asked for), started from the test class path. Needs the
 * environment that failsafe sets ({@code SPARK_HOME}, {@code SPARK_SCALA_VERSION}, {@code
 * SPARK_LOCAL_IP}). Closing it ends all of its processes, executors and drivers included.
 */
public final class StandaloneCluster implements AutoCloseable {
  private static final Duration START_WAIT = Duration.ofSeconds(90);
  private static final Pattern MASTER_URL =
      Pattern.compile("Starting Spark master at (spark://\\S+)");
  private static final String REGISTERED = "Successfully registered with master";

  private final String masterUrl;
  private final List<JavaProcess> processes;

  private StandaloneCluster(String masterUrl, List<JavaProcess> processes) {
    this.masterUrl = masterUrl;
    this.processes = processes;
  }

  /**
   * Starts the processes and waits until all workers have registered.
   *
   * @param sparkOptions {@code -Dspark.…=…} for master and workers, such as the secret
   * @throws AssertionError with a process's output, if it is not ready within 90 s
   */
  public static StandaloneCluster start(int numWorkers, String... sparkOptions) {
    return start(Collections.nCopies(numWorkers, "127.0.0.1"), 1, sparkOptions);
  }

  /**
   * The same with one worker on each of the hosts, addresses of the loopback interface. Spark takes
   * different ones for different machines.
   *
   * @param cores of each worker
   */
  public static StandaloneCluster start(List<String> hosts, int cores, String... sparkOptions) {
    Path workFolder = SparkSessions.prepareSparkHome().resolve("work");
    List<JavaProcess> processes = new ArrayList<>();
    try {
      JavaProcess master =
          deployed("master", "org.apache.spark.deploy.master.Master", sparkOptions)
              .arguments("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
              .start();
      processes.add(master);
      String url = master.awaitOutput(MASTER_URL, START_WAIT).group(1);
      for (int w = 0; w < hosts.size(); w++) {
        processes.add(
            deployed("worker-" + w, "org.apache.spark.deploy.worker.Worker", sparkOptions)
                .environment("SPARK_LOCAL_IP", hosts.get(w))
                .arguments("--host", hosts.get(w), "--port", "0", "--webui-port", "0")
                .arguments("--cores", String.valueOf(cores), "--memory", "2g")
                .arguments("--work-dir", workFolder.toString(), url)
                .start());
      }
      for (JavaProcess worker : processes.subList(1, processes.size())) {
        worker.awaitOutput(Pattern.compile(REGISTERED), START_WAIT);
      }
      return new StandaloneCluster(url, processes);
    } catch (Throwable t) {
      processes.forEach(JavaProcess::close);
      throw t;
    }
  }

  /** {@code spark://host:port}. */
  public String masterUrl() {
    return masterUrl;
  }

  /** The worker processes, for tests that end one. */
  public List<JavaProcess> workers() {
    return List.copyOf(processes.subList(1, processes.size()));
  }

  @Override
  public void close() {
    processes.forEach(JavaProcess::close);
  }

  private static JavaProcess.Builder deployed(
      String name, String mainClass, String... sparkOptions) {
    return JavaProcess.of(name, mainClass)
        .jvmOptions("-Xmx256m", "-Dlog4j2.configurationFile=log4j2-deploy.properties")
        .jvmOptions(sparkOptions);
  }
}
