package dev.triptych.async.server;

import static dev.triptych.testing.EndpointConfs.plain;
import static dev.triptych.testing.EndpointConfs.secured;
import static dev.triptych.testing.EndpointConfs.withTls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterClient;
import dev.triptych.async.client.ParameterServerException;
import dev.triptych.async.client.Pulled;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.Samples;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.spark.transport.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stand-alone server among strangers, over real sockets. */
@Timeout(300)
class StandaloneSecurityIT {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final long SEED = 20261124;
  private static final int WORKERS = 2;
  private static final int PARAMETERS = 50;
  private static final int STEPS = 150;

  @TempDir Path folder;

  @Test
  void brokenFramesAndMessagesCostTheirConnectionOrCallAndNeverTheWeights() throws Exception {
    double[] undisturbed;
    try (ParameterServer server = start(plain())) {
      undisturbed = train(server, plain(), step -> {});
    }
    try (ParameterServer server = start(plain());
        Endpoint hostile = endpoint(plain())) {
      AtomicBoolean ended = new AtomicBoolean();
      AtomicInteger attacks = new AtomicInteger();
      CompletableFuture<Void> frames =
          CompletableFuture.runAsync(
              () -> {
                SplittableRandom random = new SplittableRandom(SEED);
                while (!ended.get()) {
                  sendBrokenFrame(server, random);
                  attacks.incrementAndGet();
                }
              });
      double[] disturbed =
          train(
              server,
              plain(),
              step -> {
                SplittableRandom random = new SplittableRandom(SEED + step);
                assertThatThrownBy(
                        () -> hostile.call(server.address(), brokenMessage(random), LONG).get())
                    .as("seed %d", SEED + step)
                    .hasMessageContaining("malformed message");
              });
      ended.set(true);
      frames.get(30, TimeUnit.SECONDS);
      assertThat(attacks).as("broken frames").hasPositiveValue();
      assertThat(disturbed).as("seed %d", SEED).containsExactly(undisturbed);
      Matcher malformed =
          Pattern.compile("(?m)^triptych_server_malformed_total (\\d+)$")
              .matcher(server.metricsInWords());
      assertThat(malformed.find()).isTrue();
      assertThat(Integer.parseInt(malformed.group(1))).isGreaterThanOrEqualTo(STEPS);
    }
  }

  @Test
  void whoHasNoSecretOrAnotherOneIsRefused() throws Exception {
    SparkConf secured = secured("the right one");
    try (ParameterServer server = start(secured)) {
      double[] weights = train(server, secured, step -> {});
      assertThat(weights).hasSize(PARAMETERS);
      assertRefused(server, plain());
      assertRefused(server, secured("a wrong one"));
      assertRefused(server, secured("the right one").set("spark.network.crypto.enabled", "false"));
    }
  }

  @Test
  void theSecretMayComeFromAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("secret"), "from a file");
    SparkConf fromFile =
        plain()
            .set("spark.authenticate", "true")
            .set("spark.network.crypto.enabled", "true")
            .set("spark.authenticate.secret.file", file.toString());
    // what Spark on Kubernetes makes of such a file
    byte[] bytes = "from a file".getBytes(StandardCharsets.UTF_8);
    SparkConf same = secured(Base64.getEncoder().encodeToString(bytes));
    try (ParameterServer server = start(fromFile)) {
      assertThat(train(server, same, step -> {})).hasSize(PARAMETERS);
      assertRefused(server, secured("from a file"));
    }
    Files.writeString(file, "");
    assertThatThrownBy(() -> start(fromFile))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("empty");
    Files.delete(file);
    assertThatThrownBy(() -> start(fromFile))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void withTlsAClientThatSpeaksPlainTextIsRefused() throws Exception {
    SparkConf tls = withTls(secured("a secret"), folder);
    try (ParameterServer server = start(tls)) {
      assertThat(train(server, tls, step -> {})).hasSize(PARAMETERS);
      assertRefused(server, secured("a secret"));
      assertRefused(server, plain());
    }
  }

  @Test
  void aServerThatOthersCanReachNeedsASecret() {
    assertThatThrownBy(() -> ParameterServer.start(ServerSettings.of(plain(), "0.0.0.0", 0)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("spark.authenticate");
    assertThatThrownBy(
            () ->
                ParameterServer.start(
                    ServerSettings.of(plain().set("spark.authenticate", "true"), "0.0.0.0", 0)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no secret");
    try (ParameterServer open =
        ParameterServer.start(ServerSettings.of(secured("a secret"), "0.0.0.0", 0))) {
      assertThat(open.address().port()).isPositive();
    }
  }

  private interface Disturbance {
    void before(int step) throws Exception;
  }

  /** Two workers under bsp, whose gradients depend on nothing but their number. */
  private static double[] train(ParameterServer server, SparkConf conf, Disturbance disturbance)
      throws Exception {
    try (Endpoint endpoint = endpoint(conf)) {
      RunLocation run = new RunLocation(SEED, PARAMETERS, List.of(server.address()));
      DriverClient driver = new DriverClient(endpoint, run, LONG);
      driver.open(StandaloneSecurityIT::settings);
      List<ParameterClient> workers = new ArrayList<>();
      List<long[]> versions = new ArrayList<>();
      List<CompletableFuture<Pulled>> pulls = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        workers.add(new ParameterClient(endpoint, run, worker, 1, LONG));
        assertThat(DriverClient.join(workers.get(worker).hello())).isZero();
        pulls.add(workers.get(worker).pull(0, null, new double[PARAMETERS]));
      }
      for (CompletableFuture<Pulled> pull : pulls) {
        versions.add(DriverClient.join(pull).versions());
      }
      for (int step = 0; step < STEPS; step++) {
        disturbance.before(step);
        pulls.clear();
        for (int worker = 0; worker < WORKERS; worker++) {
          double[] gradient =
              new SplittableRandom(SEED + 31L * step + worker).doubles(PARAMETERS, -1, 1).toArray();
          pulls.add(
              workers
                  .get(worker)
                  .pushPull(
                      step, versions.get(worker), 1, null, gradient, null, new double[PARAMETERS]));
        }
        for (int worker = 0; worker < WORKERS; worker++) {
          versions.set(worker, DriverClient.join(pulls.get(worker)).versions());
        }
      }
      ShardStatus status = driver.status().get(0);
      assertThat(status.progress()).isEqualTo(Progress.RUNNING);
      assertThat(status.version()).isEqualTo(STEPS);
      double[] weights = new double[PARAMETERS];
      driver.current().get(0).weights().get(weights);
      driver.close();
      return weights;
    }
  }

  private static ShardSettings settings(int length) {
    return new ShardSettings(
        WORKERS,
        length,
        new AdaGrad(),
        StepSize.constant(0.1),
        Consistency.bsp(),
        100,
        1_000_000,
        1000,
        4);
  }

  private static void assertRefused(ParameterServer server, SparkConf conf) {
    try (Endpoint stranger = endpoint(conf)) {
      RunLocation run = new RunLocation(13, PARAMETERS, List.of(server.address()));
      assertThatThrownBy(
              () -> new DriverClient(stranger, run, SHORT).open(StandaloneSecurityIT::settings))
          .isInstanceOf(ParameterServerException.class);
    }
    assertThat(server.metricsInWords()).contains("triptych_server_shards 0");
  }

  /** Bytes that are no frame, or a frame that is cut off, or of a size that cannot be. */
  private static void sendBrokenFrame(ParameterServer server, SplittableRandom random) {
    byte[] bytes = new byte[random.nextInt(1, 200)];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      // a frame's length comes first, then the type of Spark's message
      if (bytes.length > 16) {
        ByteBuffer.wrap(bytes).putLong(0, random.nextLong(64)).put(8, (byte) random.nextInt(12));
      }
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(server.address().host(), server.address().port()), 5000);
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
      socket.setSoTimeout(20);
      int unused = socket.getInputStream().read();
    } catch (IOException e) {
      // the server has cut the connection, or waits for the rest that never comes
      assertThat(e).isNotNull();
    }
  }

  /** A request cut short: whole frames of Spark, no message of ours. */
  private static ByteBuffer brokenMessage(SplittableRandom random) {
    List<Message> samples = new ArrayList<>(Samples.requests());
    ByteBuffer bytes = Message.encode(samples.get(random.nextInt(samples.size())));
    return bytes.limit(random.nextInt(bytes.limit()));
  }

  private static ParameterServer start(SparkConf conf) {
    return ParameterServer.start(ServerSettings.of(conf, "127.0.0.1", 0));
  }

  private static Endpoint endpoint(SparkConf conf) {
    return Endpoint.open(
        "test", 1, (request, reply) -> reply.failure("nobody"), conf, "127.0.0.1", 0);
  }
}
