package dev.triptych.spark.transport;

import static dev.triptych.testing.EndpointConfs.plain;
import static dev.triptych.testing.EndpointConfs.secured;
import static dev.triptych.testing.EndpointConfs.withTls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.triptych.testing.JavaProcess;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EndpointIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final RequestHandler ECHO = (request, reply) -> reply.success(copy(request));

  private final List<Endpoint> opened = new ArrayList<>();

  @AfterEach
  void closeAll() {
    opened.forEach(Endpoint::close);
  }

  @Test
  void manyConcurrentCallsOfAnySizeComeBackUnchanged() throws Exception {
    long seed = 20240601;
    Endpoint server = open("server", ECHO, plain());
    Endpoint client = open("client", ECHO, plain());
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Random random = new Random(seed + t);
      Thread thread =
          new Thread(
              () -> {
                List<ByteBuffer> sent = new ArrayList<>();
                List<CompletableFuture<ByteBuffer>> futures = new ArrayList<>();
                for (int i = 0; i < 300; i++) {
                  byte[] body = new byte[i % 50 == 0 ? 0 : 1 << random.nextInt(17)];
                  random.nextBytes(body);
                  sent.add(ByteBuffer.wrap(body));
                  futures.add(client.call(server.address(), ByteBuffer.wrap(body), LONG));
                }
                for (int i = 0; i < sent.size(); i++) {
                  if (!futures.get(i).join().equals(sent.get(i))) {
                    wrong.add("call " + i + " of seed " + seed);
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(wrong).isEmpty();
    assertThat(client.bytesSent()).isPositive().isEqualTo(server.bytesReceived());
    assertThat(client.bytesReceived()).isEqualTo(client.bytesSent()).isEqualTo(server.bytesSent());
  }

  @Test
  void largeBodiesTravelSeveralAtATime() throws Exception {
    Endpoint server = open("server", ECHO, plain());
    Endpoint client = open("client", ECHO, plain());
    Random random = new Random(7);
    List<ByteBuffer> bodies = new ArrayList<>();
    List<CompletableFuture<ByteBuffer>> futures = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      byte[] body = new byte[(16 << 20) + i];
      random.nextBytes(body);
      bodies.add(ByteBuffer.wrap(body));
      futures.add(client.call(server.address(), bodies.get(i), LONG));
    }
    for (int i = 0; i < 4; i++) {
      assertThat(futures.get(i).get().equals(bodies.get(i))).as("body %d", i).isTrue();
    }
  }

  @Test
  void callsOfOneThreadArriveInOrderFromTheFirstConnectionOn() throws Exception {
    Queue<Integer> arrived = new ConcurrentLinkedQueue<>();
    Endpoint server =
        open(
            "server",
            (request, reply) -> {
              arrived.add(request.getInt());
              reply.success(ByteBuffer.allocate(0));
            },
            plain());
    Endpoint client = open("client", ECHO, plain());
    List<CompletableFuture<ByteBuffer>> futures = new ArrayList<>();
    List<Integer> sent = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      sent.add(i);
      futures.add(client.call(server.address(), ByteBuffer.allocate(4).putInt(0, i), LONG));
    }
    CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0])).get();

    assertThat(arrived).containsExactlyElementsOf(sent);
  }

  @Test
  void aPeerThatClosesFailsTheOutstandingCallByName() {
    Endpoint server = open("server", (request, reply) -> {}, plain());
    Endpoint client = open("client", ECHO, plain());
    CompletableFuture<ByteBuffer> call = client.call(server.address(), text("hello"), LONG);
    Awaitility.await().until(() -> server.bytesReceived() == 5);

    server.close();

    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageStartingWith("lost the connection to " + server.address());
  }

  @Test
  void aPeerProcessThatIsKilledFailsTheOutstandingCallsByName() {
    try (JavaProcess process = JavaProcess.of("silent", SilentServer.class.getName()).start()) {
      Matcher line = process.awaitOutput(Pattern.compile("listening on (\\d+)"), LONG);
      Address silent = new Address("127.0.0.1", Integer.parseInt(line.group(1)));
      Endpoint client = open("client", ECHO, plain());
      CompletableFuture<ByteBuffer> small = client.call(silent, text("hello"), LONG);
      CompletableFuture<ByteBuffer> large =
          client.call(silent, ByteBuffer.allocate(64 << 20), LONG);
      // The connection stands once a later call to the same peer has timed out.
      assertThatThrownBy(() -> client.call(silent, text("x"), Duration.ofMillis(500)).get())
          .hasCauseInstanceOf(CallTimeoutException.class);
      assertThat(small).isNotDone();

      process.close();

      for (CompletableFuture<ByteBuffer> call : List.of(small, large)) {
        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
            .cause()
            .isInstanceOf(ConnectionLostException.class)
            .hasMessageStartingWith("lost the connection to " + silent);
      }
    }
  }

  @Test
  void nobodyListeningFailsTheCallByName() {
    Endpoint gone = open("gone", ECHO, plain());
    gone.close();
    Endpoint client = open("client", ECHO, plain());

    assertThatThrownBy(() -> client.call(gone.address(), text("x"), LONG).get())
        .cause()
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("cannot connect to " + gone.address());
  }

  @Test
  void closingTheCallerFailsItsOutstandingCalls() {
    Endpoint server = open("server", (request, reply) -> {}, plain());
    Endpoint client = open("client", ECHO, plain());
    CompletableFuture<ByteBuffer> call = client.call(server.address(), text("x"), LONG);

    client.close();

    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ConnectionLostException.class);
    assertThatThrownBy(() -> client.call(server.address(), text("x"), LONG).get())
        .hasCauseInstanceOf(ConnectionLostException.class);
  }

  @Test
  void aParkedReplyTimesOutByNameAndLaterCallsStillWork() throws Exception {
    Queue<Reply> parked = new ConcurrentLinkedQueue<>();
    Endpoint server =
        open(
            "server",
            (request, reply) -> {
              if (request.remaining() == 4) {
                parked.add(reply);
              } else {
                reply.success(copy(request));
              }
            },
            plain());
    Endpoint client = open("puller", ECHO, plain());

    Throwable failure =
        catchThrowable(
            () ->
                client
                    .call(server.address(), "pull of shard 3", text("park"), Duration.ofMillis(300))
                    .get());

    assertThat(failure)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(CallTimeoutException.class)
        .hasMessage(
            "puller: no reply from " + server.address() + " to pull of shard 3 within 300 ms");
    parked.remove().success(text("too late"));
    assertThat(client.call(server.address(), text("again"), LONG).get()).isEqualTo(text("again"));
  }

  @Test
  void aParkedReplyMayComeFromAnyThreadLater() throws Exception {
    Queue<Reply> parked = new ConcurrentLinkedQueue<>();
    Endpoint server = open("server", (request, reply) -> parked.add(reply), plain());
    Endpoint client = open("client", ECHO, plain());
    CompletableFuture<ByteBuffer> first = client.call(server.address(), text("1"), LONG);
    CompletableFuture<ByteBuffer> second = client.call(server.address(), text("2"), LONG);
    Awaitility.await().until(() -> parked.size() == 2);

    parked.remove().success(text("one"));
    parked.remove().failure("shard 3 is gone\nfor good");

    assertThat(first.get()).isEqualTo(text("one"));
    assertThatThrownBy(second::get)
        .cause()
        .isInstanceOf(RemoteFailureException.class)
        .hasMessage("shard 3 is gone\nfor good");
  }

  @Test
  void anExceptionInTheHandlerFailsThatCallOnly() throws Exception {
    Endpoint server =
        open(
            "server",
            (request, reply) -> {
              if (request.remaining() == 3) {
                throw new IllegalArgumentException("no message type 77");
              }
              reply.success(copy(request));
            },
            plain());
    Endpoint client = open("client", ECHO, plain());
    CompletableFuture<ByteBuffer> before = client.call(server.address(), text("good"), LONG);
    CompletableFuture<ByteBuffer> bad = client.call(server.address(), text("bad"), LONG);
    CompletableFuture<ByteBuffer> after = client.call(server.address(), text("good"), LONG);

    assertThatThrownBy(bad::get)
        .cause()
        .isInstanceOf(RemoteFailureException.class)
        .hasMessage("no message type 77");
    assertThat(before.get()).isEqualTo(text("good"));
    assertThat(after.get()).isEqualTo(text("good"));
  }

  @Test
  void answeringTwiceIsRefused() throws Exception {
    CompletableFuture<Throwable> second = new CompletableFuture<>();
    Endpoint server =
        open(
            "server",
            (request, reply) -> {
              reply.success(copy(request));
              second.complete(catchThrowable(() -> reply.failure("no")));
            },
            plain());
    Endpoint client = open("client", ECHO, plain());

    assertThat(client.call(server.address(), text("x"), LONG).get()).isEqualTo(text("x"));
    assertThat(second.get()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theNextCallConnectsAnewAfterAServerRestartOnTheSamePort() throws Exception {
    Endpoint server = open("server", ECHO, plain());
    Endpoint client = open("client", ECHO, plain());
    assertThat(client.call(server.address(), text("one"), LONG).get()).isEqualTo(text("one"));
    server.close();
    assertThatThrownBy(() -> client.call(server.address(), text("down"), LONG).get())
        .hasCauseInstanceOf(ConnectionLostException.class);

    Endpoint restarted =
        Endpoint.open("server", 1, ECHO, plain(), "127.0.0.1", server.address().port());
    opened.add(restarted);

    assertThat(restarted.address()).isEqualTo(server.address());
    Awaitility.await()
        .ignoreExceptions()
        .until(() -> client.call(server.address(), text("two"), LONG).get().equals(text("two")));
  }

  @Test
  void theHandlerLearnsOfTheEndOfTheConnectionThatAsked() throws Exception {
    CompletableFuture<Long> asked = new CompletableFuture<>();
    CompletableFuture<Long> ended = new CompletableFuture<>();
    Endpoint server =
        open(
            "server",
            new RequestHandler() {
              @Override
              public void handle(ByteBuffer request, Reply reply) {
                asked.complete(reply.connection());
                reply.success(ByteBuffer.allocate(0));
              }

              @Override
              public void disconnected(long connection) {
                ended.complete(connection);
              }
            },
            plain());
    Endpoint client = open("client", ECHO, plain());
    client.call(server.address(), text("x"), LONG).get();

    client.close();

    assertThat(ended.get(20, TimeUnit.SECONDS)).isEqualTo(asked.get());
  }

  @Test
  void withTheSecretCallsWorkAndWithoutItTheyAreRefusedWhileTheServerLivesOn() throws Exception {
    Queue<String> handled = new ConcurrentLinkedQueue<>();
    RequestHandler recording =
        (request, reply) -> {
          handled.add(StandardCharsets.UTF_8.decode(request.duplicate()).toString());
          reply.success(copy(request));
        };
    Endpoint server = open("server", recording, secured("correct horse"));
    Endpoint friend = open("friend", ECHO, secured("correct horse"));
    Endpoint stranger = open("stranger", ECHO, plain());
    Endpoint impostor = open("impostor", ECHO, secured("battery staple"));
    Endpoint halfway =
        open(
            "halfway", ECHO, secured("correct horse").set("spark.network.crypto.enabled", "false"));

    assertThat(friend.call(server.address(), text("first"), LONG).get()).isEqualTo(text("first"));
    for (Endpoint enemy : List.of(stranger, impostor, halfway)) {
      assertThatThrownBy(() -> enemy.call(server.address(), text("let me in"), LONG).get())
          .as(enemy.toString())
          .hasCauseInstanceOf(TransportException.class);
    }
    byte[] large = new byte[5 << 20];
    new Random(3).nextBytes(large);
    assertThat(friend.call(server.address(), ByteBuffer.wrap(large), LONG).get().array())
        .isEqualTo(large);

    assertThat(handled).hasSize(2).first().isEqualTo("first");
    assertThat(handled).doesNotContain("let me in");
  }

  @Test
  void anAuthenticatedClientRefusesAServerWithoutTheSecret() {
    Endpoint server = open("server", ECHO, plain());
    Endpoint client = open("client", ECHO, secured("correct horse"));

    assertThatThrownBy(() -> client.call(server.address(), text("x"), LONG).get())
        .hasCauseInstanceOf(TransportException.class);
  }

  @Test
  void withTlsCallsWorkAndWithoutItTheyAreRefused(@TempDir Path folder) throws Exception {
    SparkConf tls = withTls(plain(), folder);
    Endpoint server = open("server", ECHO, tls);
    Endpoint friend = open("friend", ECHO, tls);
    Endpoint stranger = open("stranger", ECHO, plain());
    byte[] large = new byte[5 << 20];
    new Random(3).nextBytes(large);

    assertThat(friend.call(server.address(), ByteBuffer.wrap(large), LONG).get().array())
        .isEqualTo(large);
    assertThatThrownBy(() -> stranger.call(server.address(), text("x"), LONG).get())
        .hasCauseInstanceOf(ConnectionLostException.class);
    assertThat(friend.call(server.address(), text("still"), LONG).get()).isEqualTo(text("still"));
  }

  @Test
  void openingOutsideSparkWithoutSettingsIsRefused() {
    SparkEnv ofOtherTests = SparkEnv.get();
    SparkEnv.set(null);
    try {
      assertThatThrownBy(() -> Endpoint.open("server", 1, ECHO))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("server");
    } finally {
      SparkEnv.set(ofOtherTests);
    }
  }

  private Endpoint open(String role, RequestHandler handler, SparkConf conf) {
    Endpoint endpoint = Endpoint.open(role, 2, handler, conf, "127.0.0.1", 0);
    opened.add(endpoint);
    return endpoint;
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ByteBuffer copy(ByteBuffer buffer) {
    return ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
  }
}
