package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterClient;
import dev.triptych.async.client.Pulled;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameter servers in processes of their own. */
@Timeout(300)
class StandaloneServersIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  private static ServerProcess first;
  private static ServerProcess second;

  @TempDir Path folder;

  @BeforeAll
  static void startServers() {
    first = ServerProcess.start();
    second = ServerProcess.start();
  }

  @AfterAll
  static void stopServers() {
    first.close();
    second.close();
  }

  @Test
  void aRunOverTwoProcessesEndsAtTheWeightsOfOneInTheDriver() throws Exception {
    double[] alone = train("driver", "driver", "1");
    double[] apart =
        train(
            "apart",
            "standalone",
            first.address() + "," + second.address(),
            "--shards",
            "3",
            "--spare-servers",
            "127.0.0.1:1");
    assertThat(apart).hasSize(40).containsExactly(alone);
    assertThat(Arrays.stream(alone).filter(weight -> weight != 0).count()).isGreaterThan(30);
    for (ServerProcess server : List.of(first, second)) {
      assertThat(server.metric("triptych_server_push_seconds_count")).isPositive();
      assertThat(server.metric("triptych_server_shards")).as("the run was closed").isZero();
    }
  }

  @Test
  void healthReadinessAndMetricsAreTold() throws Exception {
    assertThat(first.get("/healthz")).isEqualTo("ok\n");
    assertThat(first.get("/readyz")).isEqualTo("ok\n");
    assertThat(first.get("/metrics"))
        .contains("# TYPE triptych_server_queue_depth gauge\ntriptych_server_queue_depth 0\n");
    assertThat(first.get("/elsewhere")).isEqualTo("status 404");
    assertThat(first.get("/healthz/more")).isEqualTo("status 404");
  }

  @Test
  void aServerThatIsToldToStopAnswersWhoeverWaitsAndEndsWithStatusZero() throws Exception {
    try (ServerProcess server = ServerProcess.start();
        Endpoint endpoint =
            Endpoint.open("test", 1, (in, reply) -> {}, new SparkConf(false), "127.0.0.1", 0)) {
      RunLocation run = new RunLocation(7, 5, List.of(server.place()));
      new DriverClient(endpoint, run, LONG).open(StandaloneServersIT::twoWorkers);
      ParameterClient worker = new ParameterClient(endpoint, run, 0, 1, LONG);
      CompletableFuture<Pulled> parked = worker.pull(0, null, new double[5]);
      Awaitility.await()
          .atMost(LONG)
          .until(() -> server.metric("triptych_server_parked_pulls") == 1);

      server.process().terminate();

      assertThat(server.process().awaitExit(LONG)).isZero();
      assertThat(server.process().output()).contains("stopping", "stopped");
      assertThat(parked)
          .failsWithin(LONG)
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining("shard 0")
          .withMessageContaining("closed");
    }
  }

  @Test
  void aServerThatIsStartedAgainGoesOnWithTheShardsItLeft() throws Exception {
    String[] snapshots = {"--snapshot-dir", folder.resolve("shards").toString()};
    try (ServerProcess before = ServerProcess.start(snapshots);
        Endpoint endpoint =
            Endpoint.open("test", 1, (in, reply) -> {}, new SparkConf(false), "127.0.0.1", 0)) {
      RunLocation run = new RunLocation(-7, 2, List.of(before.place()));
      DriverClient driver = new DriverClient(endpoint, run, LONG);
      driver.open(
          length ->
              new ShardSettings(
                  2, length, new Sgd(), StepSize.constant(1), Consistency.bsp(), 10, 99, 1, 4));
      ParameterClient[] workers = new ParameterClient[2];
      double[][] weights = new double[2][2];
      List<CompletableFuture<Pulled>> pulls = new ArrayList<>();
      for (int worker = 0; worker < 2; worker++) {
        workers[worker] = new ParameterClient(endpoint, run, worker, 1, LONG);
        pulls.add(workers[worker].pull(0, null, weights[worker]));
      }
      long[] versions = DriverClient.join(pulls.get(0)).versions();
      DriverClient.join(pulls.get(1));
      CompletableFuture<Pulled> waiting =
          workers[0].pushPull(0, versions, 1, null, new double[] {2, 4}, null, weights[0]);
      Awaitility.await()
          .atMost(LONG)
          .until(() -> before.metric("triptych_server_parked_pulls") == 1);

      before.process().terminate();
      assertThat(before.process().awaitExit(LONG)).isZero();

      try (ServerProcess after =
          ServerProcess.start(run.servers().get(0).port(), Map.of(), snapshots)) {
        assertThat(after.process().output()).contains("going on with 1 shards");
        assertThat(folder.resolve("shards")).isEmptyDirectory();
        DriverClient.join(
            workers[1].pushPull(0, versions, 1, null, new double[] {4, 8}, null, weights[1]));
        assertThat(DriverClient.join(waiting).versions()).containsExactly(1);
        assertThat(weights[0]).containsExactly(-3, -6);
        assertThat(weights[1]).containsExactly(-3, -6);
        assertThat(driver.status().get(0).clocks()).containsExactly(1, 1);
      }
    }
  }

  @Test
  void aDamagedSnapshotIsRefusedByName() throws Exception {
    Path shard =
        Files.writeString(
            Files.createDirectories(folder.resolve("shards"))
                .resolve("run-0000000000000007-shard-0.state"),
            "no state of a shard");
    CommandLineRun run =
        CommandLineRun.of(
            "server", "--port", "0", "--snapshot-dir", folder.resolve("shards").toString());
    assertThat(run.err()).hasLineCount(1).contains(shard.getFileName().toString());
    assertThat(run.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(shard).exists();
  }

  @Test
  void serversThatDoNotAnswerAreNamed() {
    CommandLineRun run =
        CommandLineRun.of(
            arguments("nobody", "standalone", first.address() + ",127.0.0.1:1,localhost:2"));
    assertThat(run.err()).hasLineCount(1).contains("127.0.0.1:1 (", "localhost:2 (");
    assertThat(run.err()).doesNotContain(first.address());
    assertThat(run.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(folder.resolve("nobody")).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "standalone | 2 | expected host:port",
        "standalone | localhost:99999 | localhost:99999",
        "standalone | localhost:7171,,other:7171 | expected host:port",
        "standalone | localhost:7171,localhost:7171 | named twice",
        "driver | localhost:7171 | --deployment standalone",
        "driver | 0 | at least 1",
        "stand-alone | localhost:7171 | did you mean standalone",
        "driver | 2 --shards 2 | --shards: needs --deployment standalone",
        "standalone | localhost:7171 --shards 0 | --shards: expected a number of at least 1",
        "executors | 2 --spare-servers localhost:7171 | --spare-servers: needs --deployment",
        "standalone | localhost:7171 --spare-servers localhost:7171 | is one of --servers already",
      })
  void addressesThatAreNoneAreRefused(String deployment, String servers, String expected) {
    CommandLineRun run = CommandLineRun.of(arguments("refused", deployment, servers.split(" ")));
    assertThat(run.err()).hasLineCount(1).contains(expected);
    assertThat(run.status()).isEqualTo(ExitStatus.BAD_INPUT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port 70000 | --port",
        "--threads 0 | --threads",
        "--memory plenty | --memory",
        "--memory 1000g | heap",
        "--conf spark.authenticate | key=value",
        "--conf spark.authenticate.secret=x | command line",
        "--conf spark.ssl.rpc.keyStorePassword=x | command line",
        "--properties-file nowhere.conf | nowhere.conf",
        "--host 0.0.0.0 | spark.authenticate",
        "--host 0.0.0.0 --conf spark.authenticate=true | secret",
        "--host no.such.host.invalid | no.such.host.invalid"
      })
  void aServerThatWouldBeWrongOrOpenToEverybodyIsRefused(String options, String expected) {
    CommandLineRun run =
        CommandLineRun.of(new String[] {"server", "--port", "0"}, options.split(" "));
    assertThat(run.err()).hasLineCount(1).contains(expected);
    assertThat(run.status()).isEqualTo(ExitStatus.BAD_INPUT);
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    String port = first.address().substring(first.address().lastIndexOf(':') + 1);
    CommandLineRun run = CommandLineRun.of("server", "--port", port);
    assertThat(run.err()).hasLineCount(1).contains("cannot listen on", port);
    assertThat(run.status()).isEqualTo(ExitStatus.BAD_INPUT);
  }

  private static ShardSettings twoWorkers(int length) {
    return new ShardSettings(
        2, length, new Sgd(), StepSize.constant(1), Consistency.asp(), 10, 10, 1, 4);
  }

  private double[] train(String name, String deployment, String... servers) {
    CommandLineRun run = CommandLineRun.of(arguments(name, deployment, servers));
    assertThat(run.status()).as(run.err()).isZero();
    Path model = folder.resolve(name).resolve("weights").resolve("async");
    SparkSessions.local2();
    return LogisticRegressionModel.load(model.toString()).coefficients().toArray();
  }

  private String[] arguments(String name, String deployment, String... servers) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--modes",
                "async",
                "--data",
                "synthetic:clicklog,rows=800,features=40,nonzeros=5,seed=3",
                "--workers",
                "2",
                "--epochs",
                "2",
                "--consistency",
                "bsp",
                "--master",
                "local[2]",
                "--deployment",
                deployment,
                "--out",
                folder.resolve(name).toString(),
                "--servers"));
    arguments.addAll(List.of(servers));
    return arguments.toArray(String[]::new);
  }
}
