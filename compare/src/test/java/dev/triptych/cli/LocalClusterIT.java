package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The main job on two executor processes: servers as executor plugin, gossip between executors over
 * sockets, plain and with Spark's authentication and encryption.
 */
@Timeout(300)
class LocalClusterIT {
  @TempDir Path folder;

  private final Map<String, String> changedProperties = new LinkedHashMap<>();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theMainJobRunsOnTwoExecutorProcesses(boolean secure) throws IOException {
    SparkSessions.localClusterProperties(secure ? SECURITY : Map.of()).forEach(this::setProperty);
    Path out = folder.resolve("out");
    CommandLineRun run =
        CommandLineRun.of(
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
            "--topology",
            "ring",
            "--master",
            "local-cluster[2,1,1024]",
            "--no-weights",
            "--out",
            out.toString());
    assertThat(run.status()).as(run.err()).isZero();
    double start = Math.log(2);
    for (String mode : new String[] {"sync", "async", "gossip"}) {
      JsonNode result = CommandLineRun.run(out, mode);
      assertThat(result.get("finalObjective").asDouble()).as(mode).isLessThan(start * 0.95);
      assertThat(result.get("bytesSent").asLong()).as(mode).isPositive();
    }
    assertThat(out.resolve("report.html")).isNotEmptyFile();
  }

  private static final Map<String, String> SECURITY =
      Map.of(
          "spark.authenticate", "true",
          "spark.authenticate.secret", "a secret of this test",
          "spark.network.crypto.enabled", "true");

  private void setProperty(String key, String value) {
    changedProperties.put(key, value);
    System.setProperty(key, value);
  }

  @AfterEach
  void restoreProperties() {
    changedProperties.keySet().forEach(System::clearProperty);
  }
}
