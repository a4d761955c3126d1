package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users get wrong: one clear line, exit status 2, nothing half-written. */
@Timeout(180)
class BadInputIT {
  private static final String[] GOOD = {"-1 1:0.5 3:1", "+1 2:1", "-1 1:1", "+1 3:2"};

  @TempDir Path folder;

  @Test
  void aMissingFileIsNamed() throws IOException {
    assertRefused(run(folder.resolve("nothing.libsvm").toString()), "nothing.libsvm");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-1 1:0.5 3;1 | :3: | 3;1",
        "-1 0:1 | :3: | 0",
        "-1 3:1 2:1 | :3: | ascend",
        "-1 1:nan | :3: | nan",
        "-1 1:inf | :3: | inf",
        "nan 1:1 | :3: | nan",
        "3 1:1 | :3: | label",
        "x 1:1 | :3: | x"
      })
  void aMalformedLineIsNamedByFileAndNumber(String line, String where, String what)
      throws IOException {
    Path file = write(GOOD[0], GOOD[1], line, GOOD[2]);
    CommandLineRun run = run(file.toString());
    assertRefused(run, file.getFileName() + where);
    assertThat(run.err().toLowerCase(java.util.Locale.ROOT)).contains(what);
  }

  @Test
  void emptyDataIsRefused() throws IOException {
    assertRefused(run(write("").toString()), "no examples");
  }

  @Test
  void moreWorkersThanExamplesAreRefused() throws IOException {
    CommandLineRun run = run(write(GOOD).toString(), "--workers", "5");
    assertRefused(run, "5");
    assertThat(run.err()).contains("4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--optimizer adagrda | did you mean adagrad",
        "--problem logistics | did you mean logistic",
        "--topology rnig | did you mean ring",
        "--modes sync,asinc | did you mean async",
        "--consistency ssp | --staleness",
        "--delay-rule invers | one of none",
        "--aggregation all-reduc | did you mean all-reduce",
        "--aggregation reduce-scatter --sync-algorithm lbfgs | tree and all-reduce",
        "--backup-workers 1 | a Spark stage ends with its last task",
        "--backup-workers 4 --workers 4 --aggregation all-reduce | fewer than the 4 workers",
        "--backup-workers 1 --aggregation all-reduce --batch 0 | only mini-batches can be dropped",
        "--replicas 3 | --replicas: expected 1 or 2",
        "--replicas 2 | needs two server processes",
        "--replicas 2 --deployment standalone --servers 127.0.0.1:7171 | --servers names one",
        "--checkpoint-every 30s | needs --checkpoint-dir",
        "--checkpoint-dir x --checkpoint-every 0epochs | a positive time or number of epochs",
        "--delay-rule ringmaster:0 | --delay-rule",
        "--modes async --optimizer ftrl --delay-rule inverse | constant step size",
        "--transport memry | did you mean memory",
        "--transport memory,memory | twice",
        "--modes async --transport memory --consistency bsp | expected --consistency asp, got bsp",
        "--modes async --transport locked --optimizer adam | expected --optimizer sgd or adagrad",
        "--modes async --transport memory --delay-rule inverse | no delay rules in shared memory",
        "--record-order x --replay-order y | --replay-order: not together with --record-order",
        "--modes async --transport memory --record-order x | only --transport socket",
        "--modes async --record-order /no/such/folder/x | expected a file in an existing directory",
        "--modes async --replay-order /no/such/file | cannot be read as a recorded order",
        "--modes async --record-order x --wire int8 | need whole gradients",
        "--modes async --record-order x --sparsify top-k:0.1 | need whole gradients",
        "--push-every 0 | --push-every: expected a number of at least 1",
        "--push-every many | --push-every",
        "--modes async --push-every 2 --batch 0 | --push-every",
        "--modes async --push-every 9 --batch 1 --workers 2 | --push-every 9: worker 0 has",
        "--modes async --transport socket,locked --push-every 2 | nothing is pushed in shared",
        "--step-size -1 | --step-size",
        "--epochs 0 | --epochs",
        "--workers 0 | --workers",
        "--slow-worker 9:10x | --slow-worker",
        "--compute-delay 5 | --compute-delay",
        "--lambda -1 | --lambda",
        "--lamda 1 | --lambda",
        "--epochs many | --epochs",
        "--modes sync,sync | twice",
        "--modes mllib --problem squared-hinge | mllib",
        "--optimizer ftrl | gossip averages",
        "--gossip-algorithm gradient-trackin | did you mean gradient-tracking",
        "--gossip-algorithm dpsgd,dpsgd | twice",
        "--gossip-algorithm extra | expected --optimizer sgd, got adagrad",
        "--gossip-algorithm d2 --optimizer sgd --topology exponential | use symmetrized weights",
        "--gossip-algorithm extra --optimizer sgd --local-steps 2 | change from round to round",
        "--gossip-algorithm choco --topology base-k | choco needs the same weights in every round",
        "--gossip-algorithm choco --gossip-compression zip | expected top-k[:FRACTION]",
        "--gossip-algorithm choco --consensus-step-size 2 | --consensus-step-size",
        "--gossip-compression sign | only --gossip-algorithm choco has it, chosen is dpsgd",
        "--gossip-momentum 0.5 | only --gossip-algorithm quasi-global-momentum",
        "--local-steps 0 | --local-steps: expected at least 1, got 0",
        "--global-average-every -1 | --global-average-every: expected at least 1",
        "--mixing column-stochastic --topology star | only push-sum reaches the mean",
        "--partition dirichlet:0 | expected a number above 0",
        "--partition by-labels | expected iid, by-label or dirichlet:ALPHA",
        "--ftrl 1,0,0 | only --optimizer ftrl",
        "--optimizer ftrl --modes sync --ftrl 1,-2,0 | BETA,L1,L2",
        "--optimizer ftrl --modes sync --schedule inverse | --schedule"
      })
  void badOptionValuesAreRefusedWithASuggestion(String options, String expected)
      throws IOException {
    assertRefused(run(write(GOOD).toString(), options.split(" ")), expected);
  }

  @Test
  void aDamagedOrForeignOrderIsRefusedByLineOrSetting() throws IOException {
    Path order = folder.resolve("order");
    Path data = write(GOOD);
    String[] async = {
      "--modes", "async", "--workers", "2", "--batch", "1", "--no-weights", "--epochs", "2"
    };
    CommandLineRun recording =
        CommandLineRun.of(
            new String[] {
              "train",
              "--data",
              data.toString(),
              "--master",
              "local[2]",
              "--record-order",
              order.toString(),
              "--out",
              folder.resolve("recorded").toString()
            },
            async);
    assertThat(recording.status()).as(recording.err()).isZero();
    String good = Files.readString(order);

    Files.writeString(order, good.replace("shards 1\n", "shards one\n"));
    assertRefused(replay(data, order, async), "order:4");
    Files.writeString(order, good.substring(0, good.length() - 4));
    assertRefused(replay(data, order, async), "order:");
    Files.writeString(order, good.replace("seed=", "seed=1"));
    assertRefused(replay(data, order, async), "recorded with other settings");
  }

  private CommandLineRun replay(Path data, Path order, String... more) {
    return CommandLineRun.of(
        new String[] {
          "train",
          "--data",
          data.toString(),
          "--master",
          "local[2]",
          "--replay-order",
          order.toString(),
          "--out",
          folder.resolve("out").toString()
        },
        more);
  }

  @Test
  void anExistingResultIsNeverOverwritten() throws IOException {
    Path out = Files.createDirectories(folder.resolve("taken"));
    Files.writeString(out.resolve("runs.json"), "mine");
    CommandLineRun run =
        CommandLineRun.of("compare", "--data", write(GOOD).toString(), "--out", out.toString());
    assertThat(run.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(run.err()).contains("taken").hasLineCount(1);
    assertThat(out.resolve("runs.json")).hasContent("mine");
  }

  @Test
  void aGraphThatCannotReachConsensusIsRefusedWithTheReason() throws IOException {
    Path graph = folder.resolve("islands.txt");
    Files.writeString(graph, "0 1\n2 3\n");
    assertRefused(run(write(GOOD).toString(), "--topology", graph.toString()), "2 components");
    CommandLineRun doctor = CommandLineRun.of("topology", "--topology", graph.toString());
    assertThat(doctor.status()).isEqualTo(ExitStatus.STOPPED_SHORT);
    assertThat(doctor.out()).contains("2 components");
  }

  @Test
  void anUnknownKeyInTheConfigFileIsRefused() throws IOException {
    Path config = folder.resolve("experiment.yaml");
    Files.writeString(config, "workers: 4\nepoch: 3\n");
    assertRefused(
        run(write(GOOD).toString(), "--config", config.toString()), "did you mean epochs");
  }

  @Test
  void divergenceEndsWithStatus3AndKeepsTheTrace() throws IOException {
    Path out = folder.resolve("diverged");
    CommandLineRun run =
        CommandLineRun.of(
            "compare",
            "--data",
            write(GOOD).toString(),
            "--problem",
            "linear",
            "--modes",
            "sync",
            "--workers",
            "1",
            "--optimizer",
            "sgd",
            "--step-size",
            "1e200",
            "--schedule",
            "constant",
            "--epochs",
            "50",
            "--master",
            "local[2]",
            "--no-weights",
            "--out",
            out.toString());
    assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.STOPPED_SHORT);
    assertThat(CommandLineRun.run(out, "sync").get("stopReason").asText())
        .containsIgnoringCase("diverged");
    assertThat(CommandLineRun.run(out, "sync").get("divergedAtUpdate").asLong()).isPositive();
    assertThat(CommandLineRun.run(out, "sync").get("trace")).isNotEmpty();
    assertThat(run.out()).contains("diverged at update");
  }

  private void assertRefused(CommandLineRun run, String expected) throws IOException {
    assertThat(run.err()).contains(expected).hasLineCount(1);
    assertThat(run.status()).isEqualTo(ExitStatus.BAD_INPUT);
    Path out = folder.resolve("out");
    if (Files.exists(out)) {
      try (Stream<Path> written = Files.list(out)) {
        assertThat(written).isEmpty();
      }
    }
  }

  private CommandLineRun run(String data, String... more) {
    return CommandLineRun.of(
        new String[] {
          "compare",
          "--data",
          data,
          "--master",
          "local[2]",
          "--out",
          folder.resolve("out").toString()
        },
        more);
  }

  private Path write(String... lines) throws IOException {
    Path file = folder.resolve("data.libsvm");
    Files.writeString(file, String.join("\n", lines) + "\n");
    return file;
  }
}
