package dev.triptych.benchmarks;

import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.gossip.algorithm.GossipAlgorithms;
import dev.triptych.gossip.algorithm.Mixing;
import dev.triptych.gossip.exchange.Exchange;
import dev.triptych.gossip.exchange.Neighbourhood;
import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.DenseFloat;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.gossip.train.GossipSettings;
import dev.triptych.gossip.train.GossipTrainer;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
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
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * How fast nodes gossip. First D-PSGD on a9a by the trainer itself (mini-batches of 128, step size
 * 0.5/√(1+epochs), 10 epochs, 2 and 4 nodes on a ring, local[2]; seconds of training). Then rounds
 * of the exchange alone (send to both neighbours, receive, mix; no gradients) of 8 nodes on a ring:
 * as threads of one process, and in two processes with 4 nodes each. MB/s is what all nodes send,
 * in memory or not; a quarter of it crosses the sockets between two processes. Beside them what two
 * threads copy in memory, and what two connections carry over the loopback.
 *
 * <p>{@code bin/benchmark gossip [train|exchange]}
 */
public final class Gossip {
  private static final int NODES = 8;
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int[] LENGTHS = {10_000, 100_000, 1_000_000, 10_000_000};
  private static final double SECONDS = 3;

  private Gossip() {}

  /** Optionally one part only. */
  public static void main(String[] args) throws Exception {
    List<String> parts = args.length == 0 ? List.of("train", "exchange") : List.of(args);
    if (parts.contains("train")) {
      train();
    }
    if (parts.contains("exchange")) {
      System.out.println(
          "| weights | values | processes | rounds/s | MB/s sent | memory copy MB/s |"
              + " loopback MB/s |\n|---|---|---|---|---|---|---|");
      for (int length : LENGTHS) {
        for (int valueBytes : new int[] {8, 4}) {
          for (int processes : new int[] {1, 2}) {
            exchange(length, valueBytes, processes);
          }
        }
      }
    }
  }

  private static void train() throws IOException {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate()) {
      spark.sparkContext().setLogLevel("ERROR");
      System.out.println(
          "| D-PSGD on | nodes | rounds | seconds (median) | all seconds | objective |\n"
              + "|---|---|---|---|---|---|");
      for (int nodes : new int[] {2, 4}) {
        train(spark, nodes);
      }
    }
  }

  private static void train(SparkSession spark, int nodes) {
    TrainingData data = A9a.load(spark, nodes);
    Objective objective =
        new Objective(new LinearModel(new LogisticLoss(), A9a.FEATURES, false), 0);
    RunSettings run =
        new RunSettings(
            nodes,
            10,
            128,
            new StepSize(StepSize.Schedule.INVERSE_SQRT, 0.5),
            new Sgd(),
            null,
            1,
            Stragglers.none(),
            WAIT,
            4);
    Topology ring = Topologies.ring(nodes);
    GossipSettings settings =
        new GossipSettings(
            run,
            ring,
            MixingRules.defaultFor(ring).weights(ring),
            GossipAlgorithms.byName("dpsgd"),
            false);
    double[] seconds = new double[7];
    TrainingRun last = null;
    for (int k = -1; k < seconds.length; k++) {
      last = new GossipTrainer().train(objective, data, settings, ProgressListener.SILENT);
      if (k >= 0) {
        seconds[k] = last.trainSeconds();
      }
    }
    data.blocks().unpersist();
    String all =
        Arrays.toString(Arrays.stream(seconds).map(s -> Math.round(s * 1e3) / 1e3).toArray());
    Arrays.sort(seconds);
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %d | %.3f | %s | %.5f |%n",
        A9a.name(),
        nodes,
        Objects.requireNonNull(last).updates(),
        seconds[seconds.length / 2],
        all.substring(1, all.length() - 1),
        last.finalObjective());
  }

  private static void exchange(int length, int valueBytes, int processes) throws Exception {
    int here = NODES / processes;
    double nanos;
    try (Exchange exchange = open(0, here)) {
      if (processes == 1) {
        exchange.connect(Map.of());
        nanos = rounds(exchange, 0, here, length, valueBytes);
      } else {
        try (HelperJvm helper =
            HelperJvm.start(
                GossipNodes.class, String.valueOf(length), String.valueOf(valueBytes))) {
          String[] there = helper.firstLine().split(":", -1);
          Address address = new Address(there[0], Integer.parseInt(there[1]));
          helper.say(exchange.endpoint().address().toString());
          exchange.connect(everybody(exchange.endpoint().address(), address));
          nanos = rounds(exchange, 0, here, length, valueBytes);
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "| %,d | float%d | %d | %,.1f | %,.0f | %,.0f | %,.0f |%n",
        length,
        valueBytes * 8,
        processes,
        1e9 / nanos,
        2.0 * NODES * length * valueBytes / nanos * 1e3,
        copied(length * valueBytes),
        overLoopback((long) length * valueBytes));
  }

  private static Map<Integer, Address> everybody(Address first, Address second) {
    Map<Integer, Address> addresses = new HashMap<>();
    for (int node = 0; node < NODES; node++) {
      addresses.put(node, node < NODES / 2 ? first : second);
    }
    return addresses;
  }

  private static MixingMatrix mixing() {
    Topology ring = Topologies.ring(NODES);
    return MixingRules.defaultFor(ring).weights(ring);
  }

  private static Exchange open(int first, int number) {
    return Exchange.open(
        "benchmark",
        IntStream.range(first, first + number).toArray(),
        Neighbourhood.of(mixing()),
        0,
        WAIT,
        handler -> Endpoint.open("benchmark", 1, handler, new SparkConf(false), "127.0.0.1", 0));
  }

  /** Median nanoseconds of a round at the first node. */
  private static double rounds(Exchange exchange, int first, int number, int length, int valueBytes)
      throws InterruptedException {
    List<CompletableFuture<Double>> nodes = new ArrayList<>();
    for (int node = first; node < first + number; node++) {
      int self = node;
      nodes.add(
          CompletableFuture.supplyAsync(
              () -> rounds(exchange, self, length, valueBytes),
              task -> new Thread(task, "node-" + self).start()));
    }
    nodes.forEach(CompletableFuture::join);
    exchange.drain();
    return nodes.get(0).join();
  }

  private static double rounds(Exchange exchange, int node, int length, int valueBytes) {
    MixingMatrix mixing = mixing();
    int[] sources = mixing.sources(node);
    double[] weights = new double[length];
    Arrays.fill(weights, node);
    List<Long> nanos = new ArrayList<>();
    long begin = System.nanoTime();
    try {
      for (long round = 0; ; round++) {
        long start = System.nanoTime();
        // Node 0 ends it: by a stop, as divergence would.
        if (node == 0 && start - begin > 2 * SECONDS * 1e9) {
          exchange.stop(node, round);
          break;
        }
        Message own = valueBytes == 8 ? new DenseDouble(weights) : DenseFloat.of(weights);
        exchange.send(node, round, own);
        Message[] heard = exchange.receive(node);
        if (heard == null) {
          break;
        }
        Message[] messages = new Message[sources.length];
        int next = 0;
        for (int k = 0; k < sources.length; k++) {
          messages[k] = sources[k] == node ? own : heard[next++];
        }
        weights = Mixing.mix(mixing.weights(node), messages);
        if (start - begin > SECONDS * 1e9) {
          nanos.add(System.nanoTime() - start);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    double[] sorted = nanos.stream().mapToDouble(Long::doubleValue).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  /** MB/s that two threads copy from array to array. */
  private static double copied(int numBytes) {
    List<CompletableFuture<Double>> threads = new ArrayList<>();
    for (int k = 0; k < 2; k++) {
      threads.add(
          CompletableFuture.supplyAsync(
              () -> {
                byte[] from = new byte[numBytes];
                byte[] to = new byte[numBytes];
                long bytes = 0;
                long start = System.nanoTime();
                while (System.nanoTime() - start < 5e8) {
                  System.arraycopy(from, 0, to, 0, numBytes);
                  bytes += numBytes;
                }
                return bytes * 1e3 / (System.nanoTime() - start);
              },
              task -> new Thread(task).start()));
    }
    return threads.stream().mapToDouble(CompletableFuture::join).sum();
  }

  /** MB/s that two connections carry, both ways together. */
  private static double overLoopback(long numBytes) throws Exception {
    int port = RawLoopback.serve();
    double nanos = RawLoopback.nanosPerRequest(port, 2, 1, numBytes, numBytes, 500_000_000);
    return 2 * numBytes * 1e3 / nanos;
  }

  /** Half of the nodes in a process of their own. */
  static final class GossipNodes {
    private GossipNodes() {}

    /** Weights, bytes per value. */
    public static void main(String[] args) throws Exception {
      try (Exchange exchange = open(NODES / 2, NODES / 2)) {
        System.out.println(exchange.endpoint().address());
        String line =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        String[] there = Objects.requireNonNull(line).split(":", -1);
        Address address = new Address(there[0], Integer.parseInt(there[1]));
        exchange.connect(everybody(address, exchange.endpoint().address()));
        rounds(
            exchange, NODES / 2, NODES / 2, Integer.parseInt(args[0]), Integer.parseInt(args[1]));
        HelperJvm.awaitParent();
      }
    }
  }
}
