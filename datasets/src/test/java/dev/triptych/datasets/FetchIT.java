package dev.triptych.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FetchIT {
  private static final byte[] MIRRORED =
      "a mirror's bytes\n".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ORIGINAL =
      "the publisher's bytes\n".repeat(9000).getBytes(StandardCharsets.US_ASCII);

  @TempDir Path dir;
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private HttpServer server;
  private ExecutorService threads;
  private String address;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    address = "http://127.0.0.1:" + server.getAddress().getPort();
    serve("/good/s/s.train.gz", MIRRORED, MIRRORED.length);
    byte[] corrupt = MIRRORED.clone();
    corrupt[12345] ^= 1;
    serve("/corrupt/s/s.train.gz", corrupt, corrupt.length);
    serve("/short/s/s.train.gz", Arrays.copyOf(MIRRORED, 100_000), 100_000);
    byte[] longer = Arrays.copyOf(MIRRORED, MIRRORED.length + 500_000);
    serve("/long/s/s.train.gz", longer, longer.length);
    serve("/cut/s/s.train.gz", Arrays.copyOf(MIRRORED, 100_000), MIRRORED.length);
    serve("/chunkedcut/s/s.train.gz", Arrays.copyOf(MIRRORED, 100_000), 0);
    serve("/publisher/s", ORIGINAL, ORIGINAL.length);
    server.createContext(
        "/stall/",
        exchange -> {
          exchange.sendResponseHeaders(200, MIRRORED.length);
          exchange.getResponseBody().write(MIRRORED, 0, 1000);
          exchange.getResponseBody().flush();
          try {
            stopped.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  @AfterEach
  void stopServer() {
    stopped.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void aGoodFileIsKeptAndNotFetchedAgain() throws IOException {
    Fetch fetch = fetch(address + "/good");
    Fetch.Fetched first = fetch.fetch(set(), "train");
    assertThat(first.downloaded()).isTrue();
    assertThat(first.path()).isEqualTo(cache().resolve("s/s.train.gz")).hasBinaryContent(MIRRORED);
    Fetch.Fetched second = fetch.fetch(set(), "train");
    assertThat(second.downloaded()).isFalse();
    assertThat(requests).hasValue(1);
    assertOnlyFile("s.train.gz");
  }

  @Test
  void aSpoiledFileInTheFolderIsFetchedAgain() throws IOException {
    Fetch fetch = fetch(address + "/good/");
    Path file = fetch.fetch(set(), "train").path();
    byte[] spoiled = MIRRORED.clone();
    spoiled[0] ^= 1;
    Files.write(file, spoiled);
    assertThat(fetch.fetch(set(), "train").downloaded()).isTrue();
    assertThat(file).hasBinaryContent(MIRRORED);
    assertOnlyFile("s.train.gz");
  }

  @Test
  void withoutAMirrorThePublishersFileComesWithItsLabels() throws IOException {
    Fetch fetch = fetch(null);
    Fetch.Fetched fetched = fetch.fetch(set(), "train");
    assertThat(fetched.path()).hasFileName("s").hasBinaryContent(ORIGINAL);
    assertThat(fetched.labelMap()).isEqualTo(Map.of(1.0, 1.0, 2.0, -1.0));
    assertThat(fetch.fetch(set(), "train").downloaded()).isFalse();
    assertOnlyFile("s");
  }

  @Test
  void aMirrorMayBeAFolder() throws IOException {
    Path mirror = Files.createDirectories(dir.resolve("a mirror/s")).getParent();
    Files.write(mirror.resolve("s/s.train.gz"), MIRRORED);
    assertThat(fetch(mirror.toString()).fetch(set(), "train").downloaded()).isTrue();
    Files.delete(cache().resolve("s/s.train.gz"));
    assertThat(fetch(mirror.toUri().toString()).fetch(set(), "train").path())
        .hasBinaryContent(MIRRORED);
  }

  @Test
  void everyFailureIsOneLineAndLeavesNothingBehind() throws IOException {
    assertFails(address + "/corrupt", ": expected SHA-256 " + sha256(MIRRORED) + ", got ");
    assertFails(address + "/short", ": expected 340000 bytes, got 100000");
    assertFails(address + "/long", ": expected 340000 bytes, got more");
    assertFails(address + "/cut", "/cut/s/s.train.gz: ");
    assertFails(address + "/chunkedcut", "/chunkedcut/s/s.train.gz: ");
    assertFails(address + "/missing", ": cannot be fetched: expected HTTP status 200, got 404");
    assertFails(address + "/stall", ": cannot be fetched: Read timed out");
    assertFails("http://127.0.0.1:" + freePort(), ": cannot be fetched: Connection refused");
    assertFails("http://bad host", ": cannot be fetched: Illegal character");
    assertFails(dir.resolve("nowhere").toString(), ": cannot be fetched: no such file");
    assertFails(dir.resolve("nowhere").toUri().toString(), ": cannot be fetched: no such file");
    assertFails("\u0000", ": cannot be fetched: ");
    assertFails(
        "ftp://127.0.0.1/s", ": cannot be fetched: expected a folder, file:, http: or https:");
    assertThat(cache()).as("not even an empty folder is left").doesNotExist();
  }

  @Test
  void aBrokenConnectionIsTakenUpWhereItBroke() throws IOException {
    List<String> ranges = cutting("/resumable/", 100_000);
    List<Long> told = new ArrayList<>();
    Fetch fetch = fetch(address + "/resumable").telling((file, bytes, total) -> told.add(bytes));
    assertThat(fetch.fetch(set(), "train").path()).hasBinaryContent(MIRRORED);
    assertThat(ranges).containsExactly("none", "bytes=100000-", "bytes=200000-", "bytes=300000-");
    assertThat(told).isSorted().endsWith((long) MIRRORED.length);
    assertOnlyFile("s.train.gz");
  }

  @Test
  void aServerThatIgnoresRangesStartsAgainAndIsGivenUpWhenItGetsNoFurther() throws IOException {
    AtomicInteger length = new AtomicInteger(100_000);
    server.createContext(
        "/ignoring/",
        exchange -> {
          exchange.sendResponseHeaders(200, MIRRORED.length);
          exchange.getResponseBody().write(MIRRORED, 0, length.getAndSet(MIRRORED.length));
          exchange.getResponseBody().flush();
          exchange.close();
        });
    assertThat(fetch(address + "/ignoring").fetch(set(), "train").path())
        .hasBinaryContent(MIRRORED);
    Files.delete(cache().resolve("s/s.train.gz"));
    int before = requests.get();
    assertFails(address + "/cut", "the connection broke after 100000 of 340000 bytes");
    assertThat(requests).hasValue(before + 2);
  }

  @Test
  void aTrickleIsGivenUp() throws IOException {
    server.createContext(
        "/trickle/",
        exchange -> {
          exchange.sendResponseHeaders(200, MIRRORED.length);
          try {
            for (int i = 0; i < 600 && !stopped.await(100, TimeUnit.MILLISECONDS); i++) {
              exchange.getResponseBody().write(MIRRORED, i, 1);
              exchange.getResponseBody().flush();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertFails(address + "/trickle", "cannot be fetched: only ");
  }

  @Test
  void redirectsAreFollowedOverTheSameProtocolOnly() throws IOException {
    redirect("/moved/", address + "/good/s/s.train.gz");
    redirect("/loop/", address + "/loop/s/s.train.gz");
    redirect("/away/", "ftp://127.0.0.1/s.train.gz");
    assertThat(fetch(address + "/moved").fetch(set(), "train").path()).hasBinaryContent(MIRRORED);
    Files.delete(cache().resolve("s/s.train.gz"));
    assertFails(address + "/loop", "redirected too many");
    assertFails(address + "/away", "got 302 and the address ftp://127.0.0.1/s.train.gz");
  }

  @Test
  void aMirrorMayBeARelativeFileUri() throws IOException {
    Path mirror = mirrorFolder();
    Path here = Path.of("").toAbsolutePath();
    String relative = "file:" + here.relativize(mirror.toAbsolutePath());
    assertThat(relative).startsWith("file:..");
    assertThat(fetch(relative).fetch(set(), "train").path()).hasBinaryContent(MIRRORED);
    Files.delete(cache().resolve("s/s.train.gz"));
    assertFails("file://shared/datasets", "got the host \"shared\"");
  }

  @Test
  void aFullDiskIsNamedAndLeftEmpty() throws Exception {
    Path small = Files.createDirectories(dir.resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", small.toString()) == 0,
        "a small file system can only be mounted by root");
    try {
      for (String from : List.of(address + "/good", mirrorFolder().toString())) {
        assertThatThrownBy(
                () -> new Fetch(small, from, Duration.ofSeconds(5)).fetch(set(), "train"))
            .isInstanceOf(InvalidInputException.class)
            .hasMessage(small + ": cannot be written: No space left on device");
        assertThat(small).isEmptyDirectory();
      }
    } finally {
      assertThat(run("umount", small.toString())).isZero();
    }
  }

  private Path mirrorFolder() throws IOException {
    Path mirror = Files.createDirectories(dir.resolve("mirror/s")).getParent();
    Files.write(mirror.resolve("s/s.train.gz"), MIRRORED);
    return mirror;
  }

  private static int run(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return -1; // No such command here.
    }
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + ": no end after 10 seconds");
    }
    return process.exitValue();
  }

  /** Cuts every connection after some bytes; returns what ranges it was asked for. */
  private List<String> cutting(String path, int bytesEach) {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    server.createContext(
        path,
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          asked.add(range == null ? "none" : range);
          int start = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
          int end = Math.min(start + bytesEach, MIRRORED.length);
          if (range != null) {
            exchange
                .getResponseHeaders()
                .set(
                    "Content-Range",
                    "bytes " + start + "-" + (MIRRORED.length - 1) + "/" + MIRRORED.length);
          }
          exchange.sendResponseHeaders(range == null ? 200 : 206, MIRRORED.length - start);
          exchange.getResponseBody().write(MIRRORED, start, end - start);
          exchange.getResponseBody().flush();
          exchange.close();
        });
    return asked;
  }

  private void redirect(String path, String to) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Location", to);
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "in the way");
    assertThatThrownBy(
            () -> new Fetch(file, address + "/good", Duration.ofSeconds(5)).fetch(set(), "train"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.resolve("s") + ": cannot be written: ");
    assertThat(requests).hasValue(0);
  }

  @Test
  void withoutAnySourceTheMirrorVariableIsNamed() {
    DataFile bare = new DataFile("train", "s/s.train.gz", 1, 1, "00", null);
    assertThatThrownBy(() -> fetch(null).fetch(set(bare), "train"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("TRIPTYCH_DATASETS_MIRROR");
    assertThatThrownBy(() -> fetch(null).fetch(set(bare), "tset"))
        .hasMessage("s: no split \"tset\", it has train");
  }

  @Test
  void twoFetchesAtOnceBothGetTheWholeFile() throws Exception {
    Future<Fetch.Fetched> one =
        threads.submit(() -> fetch(address + "/good").fetch(set(), "train"));
    Future<Fetch.Fetched> two =
        threads.submit(() -> fetch(address + "/good").fetch(set(), "train"));
    assertThat(one.get().path()).hasBinaryContent(MIRRORED);
    assertThat(two.get().path()).hasBinaryContent(MIRRORED);
    assertOnlyFile("s.train.gz");
  }

  @Test
  void theEnvironmentNamesFolderAndMirror() throws IOException {
    Map<String, String> environment =
        Map.of(
            "TRIPTYCH_DATASETS_DIR",
            cache().toString(),
            "TRIPTYCH_DATASETS_MIRROR",
            address + "/good");
    assertThat(Fetch.fromEnvironment(environment, null).fetch(set(), "train").path())
        .isEqualTo(cache().resolve("s/s.train.gz"));
  }

  @Test
  void theRealMirrorHoldsWhatTheCatalogueSays() {
    Path mirror = Path.of("../../shared/datasets");
    assumeTrue(Files.isDirectory(mirror), "no mirror of the data sets in " + mirror);
    Fetch fetch = fetch(mirror.toString());
    for (Dataset dataset : Catalogue.load().datasets()) {
      for (DataFile file : dataset.files()) {
        assertThat(fetch.fetch(dataset, file.split()).path()).hasSize(file.bytes());
      }
    }
  }

  private void assertFails(String mirror, String message) throws IOException {
    assertThatThrownBy(() -> fetch(mirror).fetch(set(), "train"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    if (Files.exists(cache())) {
      try (Stream<Path> files = Files.walk(cache())) {
        assertThat(files.filter(Files::isRegularFile)).as(mirror).isEmpty();
      }
    }
  }

  private void assertOnlyFile(String name) throws IOException {
    try (Stream<Path> files = Files.walk(cache())) {
      assertThat(files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()))
          .containsExactly(name);
    }
  }

  private Path cache() {
    return dir.resolve("cache");
  }

  private Fetch fetch(@Nullable String mirror) {
    return new Fetch(cache(), mirror, Duration.ofSeconds(1));
  }

  private Dataset set() {
    return set(
        new DataFile(
            "train",
            "s/s.train.gz",
            1,
            MIRRORED.length,
            sha256(MIRRORED),
            new DataFile.Original(
                address + "/publisher/s",
                ORIGINAL.length,
                sha256(ORIGINAL),
                Map.of(1.0, 1.0, 2.0, -1.0))));
  }

  private static Dataset set(DataFile file) {
    return new Dataset(
        "s",
        "a set",
        Dataset.Task.BINARY,
        1,
        2,
        null,
        "https://example.org",
        "none",
        "nobody",
        null,
        List.of(file),
        List.of());
  }

  /** Answers with some bytes, promising {@code length} of them; 0 promises nothing (chunks). */
  private void serve(String path, byte[] body, long length) {
    server.createContext(
        path,
        (HttpExchange exchange) -> {
          requests.incrementAndGet();
          exchange.sendResponseHeaders(200, length);
          exchange.getResponseBody().write(body);
          exchange.getResponseBody().flush();
          if (length != body.length) {
            throw new IOException("the connection is cut here");
          }
          exchange.close();
        });
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
