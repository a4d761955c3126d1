package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testing.JavaProcess;
import dev.triptych.testing.SparkSubmit;
import dev.triptych.testing.StandaloneCluster;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job through the real spark-submit on a standalone master with two workers, all processes
 * of their own with nothing but Spark on their class path; the thin jar brings the rest. Servers
 * are executor plugins, nodes gossip over sockets, and Spark's authentication and encryption are
 * on.
 */
@Timeout(300)
class StandaloneIT {
  private static final String SECRET = "a secret of this test";

  @TempDir Path folder;

  @Test
  void theMainJobRunsThroughSparkSubmitOnAStandaloneCluster() throws Exception {
    Path out = folder.resolve("out");
    try (StandaloneCluster cluster =
        StandaloneCluster.start(
            2,
            "-Dspark.master.rest.enabled=false",
            "-Dspark.authenticate=true",
            "-Dspark.authenticate.secret=" + SECRET)) {
      SparkSubmit.Result result =
          SparkSubmit.to(cluster.masterUrl())
              .classPath(JavaProcess.sparkClassPath())
              .conf("spark.authenticate", "true")
              .conf("spark.authenticate.secret", SECRET)
              .conf("spark.network.crypto.enabled", "true")
              .run(
                  Duration.ofMinutes(4),
                  Path.of("target", "triptych.jar").toAbsolutePath(),
                  Triptych.class.getName(),
                  "compare",
                  "--data",
                  "synthetic:clicklog,rows=4000,features=300,nonzeros=10,seed=11",
                  "--lambda",
                  "1e-3",
                  "--workers",
                  "4",
                  "--epochs",
                  "5",
                  "--deployment",
                  "executors",
                  "--servers",
                  "2",
                  "--modes",
                  "sync,async,gossip,mllib",
                  "--out",
                  out.toString());
      assertThat(result.exitStatus()).as(result.output()).isZero();
      assertThat(result.output()).contains("Report: ");
    }
    double best = CommandLineRun.run(out, "mllib").get("finalObjective").asDouble();
    for (String mode : new String[] {"sync", "async", "gossip"}) {
      assertThat(CommandLineRun.run(out, mode).get("finalObjective").asDouble())
          .as(mode)
          .isBetween(best - 1e-4, best + 0.05);
      assertThat(CommandLineRun.run(out, mode).get("versions").get("master").asText())
          .startsWith("spark://");
      assertThat(out.resolve("weights").resolve(mode).resolve("metadata")).isDirectory();
    }
    assertThat(out.resolve("report.html")).isNotEmptyFile();
  }
}
