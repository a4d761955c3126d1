package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.triptych.testing.DatasetMirror;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All three modes against certified optima of real data (λ = 1e-4, 4 workers, local[2]); skipped,
 * with the reason, where the mirror is absent. The same on generated data needs no mirror.
 */
@Timeout(300)
class ConvergenceIT {
  private static final List<String> MODES = List.of("sync", "async", "gossip");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"a9a", "mushrooms", "phishing", "covtype20k"})
  void everyModeComesWithinOneHundredthOfTheOptimumWithoutTuning(String name) throws IOException {
    Path mirror = DatasetMirror.assumePresent();
    Path out = compare(train(mirror, name), "--epochs", "30");
    for (String mode : MODES) {
      assertThat(subOptimality(out, mode, optimum(mirror, name)))
          .as("%s on %s", mode, name)
          .isBetween(-1e-9, 1e-2);
    }
  }

  @Test
  void theReadmesSettingsComeWithinOneThousandthOnA9aAndClassifyItsTestSet() throws IOException {
    Path mirror = DatasetMirror.assumePresent();
    Path out =
        compare(
            train(mirror, "a9a"),
            "--epochs",
            "30",
            "--step-size",
            "0.2",
            "--test",
            mirror.resolve("a9a/a9a.test.libsvm.gz").toString());
    for (String mode : MODES) {
      assertThat(subOptimality(out, mode, optimum(mirror, "a9a"))).as(mode).isBetween(-1e-9, 1e-3);
      assertThat(CommandLineRun.run(out, mode).get("finalTestMetrics").get("accuracy").asDouble())
          .as(mode)
          .isGreaterThanOrEqualTo(0.845);
    }
  }

  @Test
  void everyModeComesNearTheOptimumThatMllibFindsOnGeneratedData() throws IOException {
    Path out =
        compare(
            "synthetic:clicklog,rows=8000,features=500,nonzeros=10,seed=3",
            "--epochs",
            "20",
            "--modes",
            "sync,async,gossip,mllib");
    double best = CommandLineRun.run(out, "mllib").get("finalObjective").asDouble();
    for (String mode : MODES) {
      assertThat(subOptimality(out, mode, best)).as(mode).isBetween(-1e-4, 1e-2);
      assertThat(CommandLineRun.run(out, mode).get("finalTestMetrics").fieldNames())
          .toIterable()
          .as(mode)
          .containsExactlyInAnyOrder("accuracy", "logLoss", "areaUnderROC");
    }
  }

  private Path compare(String data, String... more) {
    Path out = folder.resolve("out");
    List<String> args =
        new ArrayList<>(
            List.of(
                "compare",
                "--data",
                data,
                "--lambda",
                "1e-4",
                "--workers",
                "4",
                "--master",
                "local[2]",
                "--no-weights",
                "--out",
                out.toString()));
    args.addAll(List.of(more));
    CommandLineRun run = CommandLineRun.of(args.toArray(new String[0]));
    assertThat(run.status()).as(run.err()).isZero();
    return out;
  }

  private static double subOptimality(Path out, String mode, double optimum) throws IOException {
    return CommandLineRun.run(out, mode).get("finalObjective").asDouble() - optimum;
  }

  private static String train(Path mirror, String name) {
    return mirror.resolve(name + "/" + name + ".train.libsvm.gz").toString();
  }

  private static double optimum(Path mirror, String name) throws IOException {
    for (JsonNode set :
        new ObjectMapper().readTree(mirror.resolve("INDEX.json").toFile()).get("sets")) {
      if (set.get("name").asText().equals(name)) {
        return set.get("f_star").get("logistic|lambda=1e-4|none").get("f").asDouble();
      }
    }
    throw new IllegalArgumentException(name);
  }
}
