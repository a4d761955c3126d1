package dev.triptych.benchmarks;

import dev.triptych.spark.exchange.RingAllReduce;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;

/**
 * The ring all-reduce among 4 nodes: as threads of one process, in 2 processes with 2 nodes each,
 * and in 4 processes, over sockets and through shared memory. Milliseconds per all-reduce as node 0
 * sees them, one after the other without a pause; medians. Nobody measures in the first minute:
 * with several JVMs on few cores the compiler needs that long. {@code bin/benchmark AllReduce
 * [WARM_UP_SECONDS [PROCESSES...]]}.
 */
public final class AllReduce {
  private static final int NODES = 4;
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final int[] MEGABYTES = {4, 40};
  private static final double MEASURED_SECONDS = 4;
  // All-reduces between two questions whether node 0 has enough.
  private static final int BLOCK = 5;

  private AllReduce() {}

  /** Optionally seconds of warming up and numbers of processes. */
  public static void main(String[] args) throws Exception {
    double warmUp = args.length > 0 ? Double.parseDouble(args[0]) : 60;
    int[] processes =
        args.length > 1
            ? Arrays.stream(args).skip(1).mapToInt(Integer::parseInt).toArray()
            : new int[] {1, 2, 4};
    System.out.println(
        "| processes | between them | values | MB | ms (median) | ms (quartiles) | MB/s sent by a node"
            + " |\n|---|---|---|---|---|---|---|");
    for (int number : processes) {
      measure(number, false, warmUp);
      if (number > 1) {
        measure(number, true, warmUp);
      }
    }
  }

  private static void measure(int processes, boolean sharesMemory, double warmUp) throws Exception {
    List<HelperJvm> helpers = new ArrayList<>();
    int each = NODES / processes;
    int[] here = IntStream.range(0, each).toArray();
    try (RingAllReduce ring = open(here, sharesMemory)) {
      List<Address> addresses = new ArrayList<>();
      addresses.add(ring.endpoint().address());
      for (int p = 1; p < processes; p++) {
        HelperJvm helper =
            HelperJvm.start(
                AllReduceNodes.class,
                String.valueOf(p * each),
                String.valueOf(each),
                String.valueOf(sharesMemory));
        helpers.add(helper);
        addresses.add(address(helper.firstLine()));
      }
      String everybody =
          IntStream.range(0, NODES)
              .mapToObj(node -> addresses.get(node / each).toString())
              .collect(Collectors.joining(" "));
      for (HelperJvm helper : helpers) {
        helper.say(everybody);
      }
      ring.connect(addresses(everybody));
      for (double[] nanos : run(ring, here, warmUp)) {
        print(processes, sharesMemory, nanos);
      }
    } finally {
      for (HelperJvm helper : helpers) {
        helper.close();
      }
    }
  }

  private static RingAllReduce open(int[] nodes, boolean sharesMemory) {
    return RingAllReduce.open(
        "benchmark",
        NODES,
        nodes,
        WAIT,
        sharesMemory,
        handler -> Endpoint.open("benchmark", 1, handler, new SparkConf(false), "127.0.0.1", 0));
  }

  private static Address address(String text) {
    int colon = text.lastIndexOf(':');
    return new Address(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  private static Map<Integer, Address> addresses(String everybody) {
    Map<Integer, Address> addresses = new HashMap<>();
    for (String text : everybody.split(" ", -1)) {
      addresses.put(addresses.size(), address(text));
    }
    return addresses;
  }

  /** Runs the nodes hosted here; the first one's nanoseconds, see {@link Node#run}. */
  private static List<double[]> run(RingAllReduce ring, int[] nodes, double warmUp) {
    List<CompletableFuture<List<double[]>>> futures = new ArrayList<>();
    for (int node : nodes) {
      futures.add(
          CompletableFuture.supplyAsync(
              () -> new Node(ring, node).run(warmUp),
              task -> new Thread(task, "node-" + node).start()));
    }
    futures.forEach(CompletableFuture::join);
    return futures.get(0).join();
  }

  /** First bytes per value and megabytes, then nanoseconds. */
  private static void print(int processes, boolean sharesMemory, double[] measured) {
    double[] nanos = Arrays.copyOfRange(measured, 2, measured.length);
    Arrays.sort(nanos);
    double median = nanos[nanos.length / 2];
    System.out.printf(
        Locale.ROOT,
        "| %d | %s | float%.0f | %.0f | %.2f | %.2f to %.2f | %.0f |%n",
        processes,
        processes == 1 ? "" : sharesMemory ? "shared memory" : "sockets",
        measured[0] * 8,
        measured[1],
        median / 1e6,
        nanos[nanos.length / 4] / 1e6,
        nanos[nanos.length * 3 / 4] / 1e6,
        2.0 * (NODES - 1) / NODES * measured[1] * 1e9 / median);
  }

  /** One node's part. */
  private record Node(RingAllReduce ring, int node) {
    /** All sizes with both kinds of values. */
    List<double[]> run(double warmUp) {
      List<double[]> measured = new ArrayList<>();
      try {
        for (int megabytes : MEGABYTES) {
          for (int valueBytes : new int[] {4, 8}) {
            for (double seconds :
                new double[] {measured.isEmpty() ? warmUp : 1, MEASURED_SECONDS}) {
              double[] nanos = repeat(megabytes, valueBytes, seconds);
              if (seconds == MEASURED_SECONDS) {
                measured.add(nanos);
              }
            }
          }
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return measured;
    }

    private double[] repeat(int megabytes, int valueBytes, double seconds)
        throws InterruptedException {
      int length = megabytes * 1_000_000 / valueBytes;
      float[] floats = new float[valueBytes == 4 ? length : 0];
      double[] doubles = new double[valueBytes == 8 ? length : 0];
      double[] nanos = {valueBytes, megabytes};
      long begin = System.nanoTime();
      double[] enough = {0};
      while (enough[0] == 0) {
        int measured = nanos.length;
        nanos = Arrays.copyOf(nanos, measured + BLOCK);
        for (int k = 0; k < BLOCK; k++) {
          long start = System.nanoTime();
          if (valueBytes == 4) {
            ring.sum(node, floats);
          } else {
            ring.sum(node, doubles);
          }
          nanos[measured + k] = System.nanoTime() - start;
        }
        // All nodes learn together that node 0 has enough.
        enough[0] = node == 0 && System.nanoTime() - begin > seconds * 1e9 ? 1 : 0;
        ring.sum(node, enough);
      }
      return nanos;
    }
  }

  /** Some nodes in a process of their own. */
  static final class AllReduceNodes {
    private AllReduceNodes() {}

    /** First node, number of nodes, whether they share memory with other processes. */
    public static void main(String[] args) throws Exception {
      int first = Integer.parseInt(args[0]);
      int[] nodes = IntStream.range(first, first + Integer.parseInt(args[1])).toArray();
      try (RingAllReduce ring = open(nodes, Boolean.parseBoolean(args[2]))) {
        System.out.println(ring.endpoint().address());
        String everybody =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        ring.connect(addresses(Objects.requireNonNull(everybody)));
        run(ring, nodes, 0);
        HelperJvm.awaitParent();
      }
    }
  }
}
