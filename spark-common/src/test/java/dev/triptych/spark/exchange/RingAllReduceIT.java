package dev.triptych.spark.exchange;

import static dev.triptych.testing.EndpointConfs.plain;
import static dev.triptych.testing.EndpointConfs.secured;
import static dev.triptych.testing.EndpointConfs.withTls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rings in one process, and rings of groups that take each other for other processes. */
@Timeout(120)
class RingAllReduceIT {
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final long SEED = 20261124;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Test
  void inOneProcessAllNodesGetTheExactSumAgainAndAgain() throws Exception {
    for (int numNodes : new int[] {1, 2, 3, 4, 9}) {
      List<RingAllReduce> ring = connect(open(plain(), WAIT, numNodes));
      sumsAreExact(ring, numNodes, new int[] {0, 1, numNodes - 1, numNodes, 12_345, 100_003});
      closeAll();
      opened.clear();
    }
  }

  @Test
  void betweenProcessesAllNodesGetTheExactSumAgainAndAgain() throws Exception {
    sumsAreExact(
        connect(open(plain(), WAIT, 1, 1, 1, 1)), 4, new int[] {0, 1, 3, 4, 200_001, 5, 1_000_000});
  }

  @Test
  void nodesInOneProcessAndNodesInOthersAreOneRing() throws Exception {
    sumsAreExact(connect(open(plain(), WAIT, 2, 1, 2)), 5, new int[] {3, 100_001, 700_000});
  }

  @Test
  void processesOfOneHostGetTheExactSumThroughSharedMemory() throws Exception {
    for (int[] groups : new int[][] {{1, 1}, {2, 1, 2}, {2, 2}, {1, 1, 1, 1, 1}}) {
      List<RingAllReduce> ring = connect(open(plain(), WAIT, true, groups));
      sumsAreExact(ring, IntStream.of(groups).sum(), new int[] {0, 1, 4, 100_001, 0, 3, 700_000});
      assertThat(ring).allMatch(RingAllReduce::sharesMemory);
      closeAll();
      opened.clear();
    }
    assertThat(filesOfMemory()).isEmpty();
  }

  @Test
  void socketsAreTakenWhenSomebodyCannotShareMemory() throws Exception {
    for (int unwilling = 0; unwilling < 3; unwilling++) {
      List<RingAllReduce> ring = new ArrayList<>();
      for (int node = 0; node < 3; node++) {
        ring.add(group(plain(), WAIT, node != unwilling, 3, node, 1));
      }
      sumsAreExact(connect(ring), 3, new int[] {5, 100_001});
      assertThat(ring).noneMatch(RingAllReduce::sharesMemory);
      closeAll();
      opened.clear();
    }
    assertThat(filesOfMemory()).isEmpty();
  }

  @Test
  void tasksOfOneProcessNeedNoMessages() throws Exception {
    ProcessRings process = new ProcessRings();
    List<RingAllReduce> ring = new ArrayList<>();
    for (int node = 0; node < 2; node++) {
      ring.add(group(plain(), WAIT, true, process, 2, node, 1));
    }
    sumsAreExact(connect(ring), 2, new int[] {5, 100_001});
    assertThat(ring).allMatch(group -> group.endpoint().bytesSent() == 0);
  }

  @Test
  void inSharedMemoryWhoIsMissingOrGoneIsNamed() throws Exception {
    List<RingAllReduce> ring = connect(open(plain(), Duration.ofMillis(500), true, 1, 1, 1));
    CompletableFuture<Long> other = inThread(() -> ring.get(2).sum(2, new double[9]));
    assertThatThrownBy(() -> ring.get(0).sum(0, new double[9]))
        .isInstanceOf(AllReduceException.class)
        .hasMessageContaining("node 0 waited 500 ms in all-reduce 0 for node 1");
    assertThatThrownBy(() -> other.get(20, TimeUnit.SECONDS)).isNotNull();

    closeAll();
    opened.clear();
    List<RingAllReduce> next = connect(open(plain(), WAIT, true, 1, 1));
    sumsAreExact(next, 2, new int[] {3});
    next.get(1).close();
    assertThatThrownBy(() -> next.get(0).sum(0, new double[9]))
        .isInstanceOf(AllReduceException.class)
        .hasMessageContaining("node 0 failed in all-reduce 2: node 1 has failed or was closed");
  }

  private static List<String> filesOfMemory() {
    List<String> found = new ArrayList<>();
    for (String folder : List.of("/dev/shm", System.getProperty("java.io.tmpdir"))) {
      String[] names = new File(folder).list((f, name) -> name.endsWith(".memory"));
      found.addAll(names == null ? List.of() : List.of(names));
    }
    return found;
  }

  @Test
  void eachSumIsCompletedOnceAndAlwaysAtTheSameNodeBeforeAllGetWhatItBecame() throws Exception {
    for (boolean shared : new boolean[] {false, true}) {
      for (int[] groups : new int[][] {{1}, {3}, {1, 1}, {1, 2}}) {
        int numNodes = IntStream.of(groups).sum();
        List<RingAllReduce> ring = connect(open(plain(), WAIT, shared, groups));
        completionsAreExact(ring, numNodes, 100_001);
        closeAll();
        opened.clear();
      }
    }
  }

  private static void completionsAreExact(List<RingAllReduce> ring, int numNodes, int length)
      throws Exception {
    int[][] owner = new int[3][length];
    List<CompletableFuture<Void>> nodes = new ArrayList<>();
    for (int node = 0; node < numNodes; node++) {
      int self = node;
      nodes.add(
          inThread(
              () -> {
                for (int[] owners : owner) {
                  double[] values = new double[length];
                  Arrays.fill(values, self + 1);
                  host(ring, self)
                      .sum(
                          self,
                          values,
                          (begin, end) -> {
                            for (int p = begin; p < end; p++) {
                              values[p] = -values[p];
                              owners[p] += self + 1;
                            }
                          });
                  for (double value : values) {
                    if (value != -numNodes * (numNodes + 1) / 2) {
                      throw new AssertionError("node " + self + ": " + value);
                    }
                  }
                }
                return null;
              }));
    }
    for (CompletableFuture<Void> node : nodes) {
      node.get(60, TimeUnit.SECONDS);
    }
    // One node only, or the sum of the owners would be above n somewhere.
    assertThat(owner[0]).isEqualTo(owner[1]).isEqualTo(owner[2]);
    assertThat(Arrays.stream(owner[0]).min().orElse(0)).isPositive();
    for (int self = 1; self <= numNodes; self++) {
      int wanted = self;
      assertThat(Arrays.stream(owner[0]).filter(sum -> sum == wanted).count())
          .isCloseTo(length / numNodes, within((long) numNodes));
    }
  }

  @Test
  void aTaskThatFailsKeepsNobodyWaiting() throws Exception {
    for (int[] groups : new int[][] {{2}, {1, 1}}) {
      List<RingAllReduce> ring = connect(open(plain(), WAIT, true, groups));
      sumsAreExact(ring, 2, new int[] {3});
      CompletableFuture<Long> waiting = inThread(() -> host(ring, 0).sum(0, new double[9]));
      host(ring, 1).fail(new IllegalStateException("no more gradients"));
      assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(AllReduceException.class)
          .hasMessageContaining("node 0 failed in all-reduce 2");
      closeAll();
      opened.clear();
    }
  }

  @Test
  void piecesTravelEncryptedWhenSparkIsConfiguredSo(@TempDir Path folder) throws Exception {
    sumsAreExact(connect(open(secured("secret"), WAIT, 1, 1)), 2, new int[] {5, 100_001, 300_000});
    closeAll();
    opened.clear();
    sumsAreExact(
        connect(open(withTls(plain(), folder), WAIT, 1, 1)), 2, new int[] {5, 100_001, 300_000});
  }

  @Test
  void aNodeThatDoesNotTakePartIsWaitedForByName() throws Exception {
    List<RingAllReduce> ring = connect(open(plain(), Duration.ofMillis(200), 1, 1, 1));
    CompletableFuture<Long> other = inThread(() -> ring.get(2).sum(2, new double[9]));

    assertThatThrownBy(() -> ring.get(0).sum(0, new double[9]))
        .isInstanceOf(AllReduceException.class)
        .hasMessageContaining("node 0 waited 200 ms in all-reduce 0 for node 2 before it");
    assertThatThrownBy(() -> other.get(20, TimeUnit.SECONDS))
        .cause()
        .hasMessageContaining("node 2 waited 200 ms in all-reduce 0 for node 1 before it");
  }

  @Test
  void aNeighbourWhoseProcessIsGoneEndsTheAllReduceByName() throws Exception {
    List<RingAllReduce> ring = connect(open(plain(), WAIT, 1, 1));
    ring.get(1).close();

    assertThatThrownBy(() -> ring.get(0).sum(0, new double[1000]))
        .isInstanceOf(AllReduceException.class)
        .hasMessageContaining("node 0 failed in all-reduce 0")
        .hasMessageContaining(ring.get(1).endpoint().address().toString());
  }

  @Test
  void arraysOfDifferentLengthsAreRefused() throws Exception {
    for (int[] groups : new int[][] {{2}, {1, 1}}) {
      List<RingAllReduce> ring = connect(open(plain(), Duration.ofSeconds(5), groups));
      CompletableFuture<Long> other = inThread(() -> host(ring, 1).sum(1, new double[9]));

      assertThatThrownBy(() -> host(ring, 0).sum(0, new double[10]))
          .isInstanceOf(AllReduceException.class)
          .hasMessageContaining("one node adds up");
      assertThatThrownBy(() -> other.get(20, TimeUnit.SECONDS)).isNotNull();
    }
    List<RingAllReduce> ring = connect(open(plain(), Duration.ofSeconds(5), true, 1, 1));
    CompletableFuture<Long> other = inThread(() -> host(ring, 1).sum(1, new double[9]));
    assertThatThrownBy(() -> host(ring, 0).sum(0, new float[9]))
        .isInstanceOf(AllReduceException.class);
    assertThatThrownBy(() -> other.get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(AllReduceException.class);
  }

  /** Adds up arrays of each length, as doubles and as floats, and looks at the bytes sent. */
  private static void sumsAreExact(List<RingAllReduce> ring, int numNodes, int[] lengths)
      throws Exception {
    List<CompletableFuture<Void>> nodes = new ArrayList<>();
    for (int node = 0; node < numNodes; node++) {
      int self = node;
      nodes.add(
          inThread(
              () -> {
                for (int length : lengths) {
                  double[] doubles = values(self, length);
                  float[] floats = new float[length];
                  for (int p = 0; p < length; p++) {
                    floats[p] = (float) doubles[p];
                  }
                  long sent = host(ring, self).sum(self, doubles);
                  long sentFloats = host(ring, self).sum(self, floats);
                  double[] sum = new double[length];
                  for (int other = 0; other < numNodes; other++) {
                    double[] more = values(other, length);
                    for (int p = 0; p < length; p++) {
                      sum[p] += more[p];
                    }
                  }
                  assertThat(doubles).as("node %d, seed %d", self, SEED).isEqualTo(sum);
                  for (int p = 0; p < length; p++) {
                    if (floats[p] != sum[p]) {
                      throw new AssertionError("node " + self + ", value " + p + ": " + floats[p]);
                    }
                  }
                  if (length % numNodes == 0) {
                    assertThat(sent).isEqualTo(2L * (numNodes - 1) * length * 8 / numNodes);
                    assertThat(sentFloats).isEqualTo(sent / 2);
                  }
                }
                return null;
              }));
    }
    for (CompletableFuture<Void> node : nodes) {
      node.get(60, TimeUnit.SECONDS);
    }
  }

  /** Multiples of 1/4 below 2^13: sums are exact, also as floats. */
  private static double[] values(int node, int length) {
    Random random = new Random(SEED + node);
    return IntStream.range(0, length).mapToDouble(p -> random.nextInt(1 << 15) / 4.0).toArray();
  }

  private static RingAllReduce host(List<RingAllReduce> ring, int node) {
    int first = 0;
    for (RingAllReduce group : ring) {
      if (node < first + group.numHosted()) {
        return group;
      }
      first += group.numHosted();
    }
    throw new AssertionError("node " + node);
  }

  /** One group of nodes after the other, each with a process of its own. */
  private List<RingAllReduce> open(SparkConf conf, Duration maxWait, int... groups) {
    return open(conf, maxWait, false, groups);
  }

  private List<RingAllReduce> open(
      SparkConf conf, Duration maxWait, boolean sharesMemory, int... groups) {
    int numNodes = IntStream.of(groups).sum();
    List<RingAllReduce> ring = new ArrayList<>();
    int first = 0;
    for (int size : groups) {
      ring.add(group(conf, maxWait, sharesMemory, numNodes, first, size));
      first += size;
    }
    return ring;
  }

  private RingAllReduce group(
      SparkConf conf, Duration maxWait, boolean sharesMemory, int numNodes, int first, int size) {
    return group(conf, maxWait, sharesMemory, new ProcessRings(), numNodes, first, size);
  }

  private RingAllReduce group(
      SparkConf conf,
      Duration maxWait,
      boolean sharesMemory,
      ProcessRings process,
      int numNodes,
      int first,
      int size) {
    RingAllReduce group =
        RingAllReduce.open(
            "ring-it",
            numNodes,
            IntStream.range(first, first + size).toArray(),
            maxWait,
            sharesMemory,
            process,
            handler -> Endpoint.open("ring test", 1, handler, conf, "127.0.0.1", 0));
    opened.add(group);
    return group;
  }

  private static List<RingAllReduce> connect(List<RingAllReduce> ring) {
    Map<Integer, Address> everybody = new HashMap<>();
    for (RingAllReduce group : ring) {
      for (int k = group.numHosted(); k > 0; k--) {
        everybody.put(everybody.size(), group.endpoint().address());
      }
    }
    ring.forEach(group -> group.connect(everybody));
    return ring;
  }

  private static <T> CompletableFuture<T> inThread(Callable<T> work) {
    CompletableFuture<T> future = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                future.complete(work.call());
              } catch (Throwable e) {
                future.completeExceptionally(e);
              }
            })
        .start();
    return future;
  }
}
