package dev.triptych.benchmarks;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterClient;
import dev.triptych.async.client.Pulled;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.server.ServerSettings;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.traffic.ValueFormat;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.SparkConf;
import org.jspecify.annotations.Nullable;

/**
 * How fast weights and gradients move: pushes and pulls of all sizes against one server in a
 * process of its own, over loopback sockets, beside what plain sockets do with the same bytes.
 *
 * <p>A client is an endpoint with one connection and one thread that asks. A worker has one push
 * under way by protocol, so k requests in flight are k workers of one client. asp, sgd, one shard.
 *
 * <p>{@code bin/benchmark PushPullSweep [marks] [float32|int8] [KEYS …]}: with {@code marks} only
 * the sparse points of one client, which ps-lite's figures are given for; values are float64 unless
 * said; with numbers only the sparse points of so many keys. Before the first point small requests
 * run for 12 s, so that both processes measure compiled code.
 */
public final class PushPullSweep {
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);
  private static final long COMPILE_NANOS = 3_000_000_000L;
  private static final long WARM_NANOS = 300_000_000L;
  private static final long MEASURED_NANOS = 500_000_000L;
  private static final long RAW_NANOS = 200_000_000L;
  private static final int[] DENSE_BYTES = {4 << 10, 64 << 10, 1 << 20, 16 << 20};
  private static final int[] SPARSE_KEYS = {100, 1_000, 10_000, 100_000, 1_000_000};
  private static final int[] CLIENTS = {1, 2, 4};
  private static final int[] IN_FLIGHT = {1, 8};

  private final Address server;
  private final int rawPort;
  private final ValueFormat format;
  private final SplittableRandom random = new SplittableRandom(1);

  private PushPullSweep(Address server, int rawPort, ValueFormat format) {
    this.server = server;
    this.rawPort = rawPort;
    this.format = format;
  }

  /** {@code serve} makes this process the server. */
  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("serve")) {
      serve();
      return;
    }
    List<String> words = List.of(args);
    boolean marksOnly = words.contains("marks");
    ValueFormat format = ValueFormat.FLOAT64;
    for (ValueFormat other : ValueFormat.values()) {
      format = words.contains(other.optionName()) ? other : format;
    }
    try (HelperJvm helper = HelperJvm.start(PushPullSweep.class, "serve")) {
      String[] ports = helper.firstLine().split(" ");
      PushPullSweep sweep =
          new PushPullSweep(
              new Address("127.0.0.1", Integer.parseInt(ports[0])),
              Integer.parseInt(ports[1]),
              format);
      int[] chosen =
          words.stream().filter(w -> w.matches("\\d+")).mapToInt(Integer::parseInt).toArray();
      int[] sparseKeys = chosen.length == 0 ? SPARSE_KEYS : chosen;
      sweep.compile();
      sweep.printHeader();
      for (int numClients : marksOnly ? new int[] {1} : CLIENTS) {
        for (int inFlight : IN_FLIGHT) {
          if (!marksOnly && chosen.length == 0) {
            for (int bytes : DENSE_BYTES) {
              sweep.measure(bytes / Double.BYTES, null, numClients, inFlight);
            }
          }
          for (int keys : sparseKeys) {
            sweep.measure(1_000_000, contiguous(keys), numClients, inFlight);
          }
        }
      }
    }
  }

  private static void serve() throws Exception {
    try (ParameterServer server =
        ParameterServer.start(ServerSettings.of(conf(), "127.0.0.1", 0))) {
      System.out.println(server.address().port() + " " + RawLoopback.serve());
      HelperJvm.awaitParent();
    }
  }

  private static SparkConf conf() {
    return new SparkConf(false);
  }

  private static int[] contiguous(int count) {
    int[] keys = new int[count];
    Arrays.setAll(keys, k -> k);
    return keys;
  }

  private void printHeader() {
    System.out.println(
        """
        | request | keys | clients | in flight | µs/request | MB/s | M keys/s | bytes/request \
        | raw µs/request | raw MB/s |
        |---|---|---|---|---|---|---|---|---|---|\
        """);
  }

  private void compile() throws Exception {
    for (int inFlight : IN_FLIGHT) {
      measure(1_000_000, contiguous(1_000), 1, inFlight, COMPILE_NANOS, false);
    }
  }

  private void measure(int numParameters, int @Nullable [] keys, int numClients, int inFlight)
      throws Exception {
    measure(numParameters, keys, numClients, inFlight, WARM_NANOS, true);
  }

  private void measure(
      int numParameters,
      int @Nullable [] keys,
      int numClients,
      int inFlight,
      long warmNanos,
      boolean print)
      throws Exception {
    RunLocation run = new RunLocation(random.nextLong(), numParameters, List.of(server));
    try (Endpoint driver = endpoint()) {
      DriverClient control = new DriverClient(driver, run, MAX_WAIT);
      control.open(length -> settings(numClients * inFlight, length));
      List<Client> clients = new ArrayList<>();
      for (int client = 0; client < numClients; client++) {
        clients.add(new Client(run, keys, client * inFlight, inFlight, format));
      }
      try {
        passGate(clients);
        for (String operation : List.of("push", "pull")) {
          boolean push = operation.equals("push");
          runAll(clients, push, warmNanos);
          if (print) {
            print(operation, keys, numParameters, inFlight, runAll(clients, push, MEASURED_NANOS));
          }
        }
      } finally {
        clients.forEach(Client::close);
        control.close();
      }
    }
  }

  private static ShardSettings settings(int numWorkers, int length) {
    long never = Long.MAX_VALUE / 4;
    return new ShardSettings(
        numWorkers,
        length,
        new Sgd(),
        new StepSize(StepSize.Schedule.CONSTANT, 1e-6),
        Consistency.asp(),
        1_000_000,
        never,
        never,
        4);
  }

  private static Endpoint endpoint() {
    return Endpoint.open(
        "benchmark client",
        1,
        (request, reply) -> reply.failure("a client serves nobody"),
        conf(),
        "127.0.0.1",
        0);
  }

  private static void passGate(List<Client> clients) throws InterruptedException {
    List<CompletableFuture<?>> pulls = new ArrayList<>();
    for (Client client : clients) {
      pulls.addAll(client.pullAll());
    }
    for (CompletableFuture<?> pull : pulls) {
      DriverClient.join(pull);
    }
  }

  private static Point runAll(List<Client> clients, boolean push, long nanos) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients.size());
    try {
      long sent = clients.stream().mapToLong(c -> c.endpoint.bytesSent()).sum();
      long received = clients.stream().mapToLong(c -> c.endpoint.bytesReceived()).sum();
      List<Future<Long>> futures = new ArrayList<>();
      long start = System.nanoTime();
      for (Client client : clients) {
        futures.add(threads.submit(() -> client.requests(push, nanos)));
      }
      long requests = 0;
      for (Future<Long> future : futures) {
        requests += future.get();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Point(
          clients.size(),
          requests,
          seconds,
          clients.stream().mapToLong(c -> c.endpoint.bytesSent()).sum() - sent,
          clients.stream().mapToLong(c -> c.endpoint.bytesReceived()).sum() - received);
    } finally {
      threads.shutdown();
    }
  }

  private void print(
      String operation, int @Nullable [] keys, int numParameters, int inFlight, Point point)
      throws Exception {
    long requestBytes = point.sent() / point.requests();
    long answerBytes = point.received() / point.requests();
    double rawNanos =
        RawLoopback.nanosPerRequest(
            rawPort, point.numClients(), inFlight, requestBytes, answerBytes, RAW_NANOS);
    long bytes = requestBytes + answerBytes;
    int numKeys = keys == null ? numParameters : keys.length;
    double micros = point.seconds() / point.requests() * 1e6;
    System.out.printf(
        Locale.ROOT,
        "| %s %s | %,d | %d | %d | %.1f | %.0f | %.1f | %,d | %.1f | %.0f |%n",
        keys == null ? "dense" : "sparse",
        operation,
        numKeys,
        point.numClients(),
        inFlight,
        micros,
        bytes / micros,
        numKeys / micros,
        bytes,
        rawNanos / 1e3,
        bytes * 1e3 / rawNanos);
  }

  private record Point(int numClients, long requests, double seconds, long sent, long received) {}

  /** One endpoint and its workers. */
  private static final class Client {
    private final Endpoint endpoint = endpoint();
    private final int @Nullable [] keys;
    private final ParameterClient[] workers;
    private final long[] sequences;
    private final double[][] weights;
    private final double[] gradient;
    private final long[] versions = {0};

    Client(
        RunLocation run,
        int @Nullable [] keys,
        int firstWorker,
        int numWorkers,
        ValueFormat format) {
      this.keys = keys;
      int count = keys == null ? run.numParameters() : keys.length;
      gradient = new double[count];
      Arrays.setAll(gradient, k -> Math.sin(k));
      workers = new ParameterClient[numWorkers];
      sequences = new long[numWorkers];
      weights = new double[numWorkers][count];
      for (int k = 0; k < numWorkers; k++) {
        workers[k] = new ParameterClient(endpoint, run, firstWorker + k, 0, MAX_WAIT).in(format);
      }
    }

    List<CompletableFuture<Pulled>> pullAll() {
      List<CompletableFuture<Pulled>> pulls = new ArrayList<>();
      for (int k = 0; k < workers.length; k++) {
        pulls.add(workers[k].pull(0, keys, weights[k]));
      }
      return pulls;
    }

    /** Asks until the time is over, each worker again as soon as its turn comes and it is free. */
    long requests(boolean push, long nanos) throws InterruptedException {
      List<@Nullable CompletableFuture<?>> underWay = new ArrayList<>();
      for (int k = 0; k < workers.length; k++) {
        underWay.add(null);
      }
      long deadline = System.nanoTime() + nanos;
      long requests = 0;
      while (System.nanoTime() < deadline) {
        int k = (int) (requests++ % workers.length);
        CompletableFuture<?> before = underWay.get(k);
        if (before != null) {
          DriverClient.join(before);
        }
        underWay.set(
            k,
            push
                ? workers[k].push(sequences[k]++, versions, 1, keys, gradient)
                : workers[k].pull(sequences[k], keys, weights[k]));
      }
      for (CompletableFuture<?> last : underWay) {
        if (last != null) {
          DriverClient.join(last);
        }
      }
      return requests;
    }

    void close() {
      endpoint.close();
    }
  }
}
