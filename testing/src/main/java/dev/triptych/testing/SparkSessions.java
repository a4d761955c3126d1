package dev.triptych.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Spark for tests. {@link #local2()} is shared by all tests of a JVM and lives as long as the JVM;
 * {@link #localCluster} starts executors of its own and belongs to the caller. Spark allows one
 * context per JVM, so starting a cluster stops the shared session (the next {@link #local2()}
 * starts it anew). Test classes that run in one JVM run one after the other.
 */
public final class SparkSessions {
  private static @Nullable SparkSession shared;

  private SparkSessions() {}

  /** The shared session on {@code local[2,4]}: two slots, three retries of a failed task. */
  public static synchronized SparkSession local2() {
    SparkSession session = shared;
    if (session == null || session.sparkContext().isStopped()) {
      session = SparkSession.builder().config(conf("local[2,4]", Map.of())).getOrCreate();
      shared = session;
    }
    return session;
  }

  /** The context of {@link #local2()}. Never stop it. */
  public static JavaSparkContext local2Context() {
    return new JavaSparkContext(local2().sparkContext());
  }

  /**
   * A session of its own on {@code local[2,4]} with extra settings; stops the shared one first. The
   * caller closes it.
   */
  public static SparkSession local2(Map<String, String> extraConf) {
    return start("local[2,4]", extraConf);
  }

  /**
   * Two executor JVMs with one slot each ({@code local-cluster[2,1,1024]}), started from the test
   * class path; stops the shared session first. The caller closes it. Needs the environment that
   * failsafe sets: {@code SPARK_HOME}, {@code SPARK_SCALA_VERSION}, {@code SPARK_LOCAL_IP}.
   *
   * @throws IllegalStateException if {@code SPARK_HOME} is not set
   */
  public static SparkSession localCluster(Map<String, String> extraConf) {
    prepareSparkHome();
    return start("local-cluster[2,1,1024]", extraConf);
  }

  /** A session on a {@link StandaloneCluster}; stops the shared one first. The caller closes it. */
  public static SparkSession on(StandaloneCluster cluster, Map<String, String> extraConf) {
    return start(cluster.masterUrl(), extraConf);
  }

  /** Java options that executors and drivers need on Java 17, the vector API for BLAS included. */
  public static String javaOptions() {
    return "--add-modules=jdk.incubator.vector " + JavaModuleOptions.defaultModuleOptions();
  }

  /** Creates {@code SPARK_HOME} with an empty {@code jars/}, all that Spark's launchers ask for. */
  static Path prepareSparkHome() {
    String home = System.getenv("SPARK_HOME");
    if (home == null) {
      throw new IllegalStateException(
          "SPARK_HOME is not set; tests that start Spark processes run under failsafe (…IT)");
    }
    try {
      Files.createDirectories(Path.of(home, "jars"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Path.of(home);
  }

  /** Stops the shared session, so that code under test can open one of its own. */
  public static synchronized void stopShared() {
    SparkSession session = shared;
    if (session != null) {
      session.stop();
      shared = null;
    }
  }

  /**
   * What {@link #localCluster} configures, for code under test that opens its own session: to be
   * set as system properties.
   */
  public static Map<String, String> localClusterProperties(Map<String, String> extraConf) {
    prepareSparkHome();
    Map<String, String> properties = new TreeMap<>();
    for (Tuple2<String, String> entry : conf("local-cluster[2,1,1024]", extraConf).getAll()) {
      properties.put(entry._1(), entry._2());
    }
    return properties;
  }

  private static SparkSession start(String master, Map<String, String> extraConf) {
    stopShared();
    return SparkSession.builder().config(conf(master, extraConf)).getOrCreate();
  }

  private static SparkConf conf(String master, Map<String, String> extraConf) {
    SparkConf conf =
        new SparkConf()
            .setMaster(master)
            .setAppName("triptych-test")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.sql.shuffle.partitions", "2")
            .set("spark.sql.warehouse.dir", Path.of("target", "spark-warehouse").toUri().toString())
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .set("spark.executor.extraJavaOptions", javaOptions());
    extraConf.forEach(conf::set);
    return conf;
  }
}
