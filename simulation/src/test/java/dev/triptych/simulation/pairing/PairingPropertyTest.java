package dev.triptych.simulation.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.straggler.Stragglers;
import dev.triptych.gossip.pairing.PairOrder;
import dev.triptych.gossip.pairing.Patience;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.simulation.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * AD-PSGD on networks that lose, repeat, delay and reorder messages, cut connections and lose
 * nodes. Seeds are in the descriptions.
 */
class PairingPropertyTest {
  private static final long LATENCY = 100_000;
  private static final long SECOND = 1_000_000_000L;

  /** Nothing is ever lost: nobody asks twice. */
  private static final Patience CALM = new Patience(100 * SECOND, 100 * SECOND);

  private static final Patience LOSSY = new Patience(4 * LATENCY, 20 * LATENCY);

  @Test
  void tenThousandRoundsWithRandomDelaysNeverDeadlockAndKeepTheSum() {
    for (long seed = 1; seed <= 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Topology graph = connected(random, 2 + random.nextInt(7));
      int n = graph.numNodes();
      double[] moved = new double[1];
      // Zero now and then: even a node that computes nothing must not starve the others.
      PairingSimulation run =
          new PairingSimulation(
              PairOrder.of(graph),
              random(random, n, 1),
              Faults.seeded(random.split(), LATENCY, 0, 0),
              CALM,
              (node, step) -> random.nextLong(0, 10 * LATENCY) * random.nextInt(2),
              (node, step, weights) -> {
                double change = random.nextInt(-8, 9);
                weights[0] += change;
                moved[0] += change;
              },
              seed,
              10_000);
      double before = sum(run, n, 0);
      boolean done = run.run(3_600 * SECOND);

      assertThat(done).as("seed %d on %s: %s", seed, edges(graph), run.state()).isTrue();
      run.runFor(SECOND);
      long averages = 0;
      for (int node = 0; node < n; node++) {
        assertThat(run.node(node).isWaiting()).isFalse();
        averages += run.node(node).numStarted();
      }
      assertThat(averages).as("seed %d: averages", seed).isGreaterThanOrEqualTo(10_000);
      assertThat(run.numVectors())
          .as("seed %d: two vectors per average", seed)
          .isEqualTo(2 * averages);
      // One lost or repeated average would show: the nodes are some units apart all the time.
      assertThat(sum(run, n, 0) - before - moved[0]).as("seed %d", seed).isCloseTo(0, within(1e-6));
    }
  }

  @Test
  void theSumOfTheWeightsIsExactWhateverHappensToTheMessages() {
    long averages = 0;
    for (long seed = 1; seed <= 400; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Topology graph = connected(random, 2 + random.nextInt(5));
      int n = graph.numNodes();
      double[][] initial = random(random, n, 3);
      double[] moved = new double[3];
      // Few averages, so that every half fits into a double: sums must be equal bit for bit.
      PairingSimulation run =
          new PairingSimulation(
              PairOrder.of(graph),
              initial,
              Faults.seeded(random.split(), LATENCY, 0.15, SECOND / 10),
              LOSSY,
              (node, step) -> random.nextLong(1, 10 * LATENCY),
              (node, step, weights) -> {
                for (int p = 0; p < 3; p++) {
                  double change = random.nextInt(-8, 9);
                  weights[p] += change;
                  moved[p] += change;
                }
              },
              seed,
              36 / n);
      boolean done = run.run(SECOND);
      run.runFor(SECOND / 4);

      assertThat(done).as("seed %d on %s: %s", seed, edges(graph), run.state()).isTrue();
      long started = 0;
      long both = 0;
      for (int node = 0; node < n; node++) {
        started += run.node(node).numStarted();
        both += run.node(node).numAverages();
      }
      assertThat(both).as("seed %d: both sides of every average", seed).isEqualTo(2 * started);
      averages += started;
      for (int p = 0; p < 3; p++) {
        double before = 0;
        for (double[] weights : initial) {
          before += weights[p];
        }
        assertThat(sum(run, n, p))
            .as("seed %d, %s", seed, run.state())
            .isEqualTo(before + moved[p]);
      }
    }
    assertThat(averages).isGreaterThan(5_000);
  }

  @Test
  void nodesThatDieAreMissedAndRejoinWithANeighboursWeights() {
    for (long seed = 1; seed <= 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int n = 3 + random.nextInt(6);
      Topology graph = connected(random, n);
      PairOrder order = PairOrder.of(graph);
      PairingSimulation run =
          new PairingSimulation(
              order,
              random(random, n, 2),
              Faults.seeded(random.split(), LATENCY, 0.05, SECOND),
              LOSSY,
              (node, step) -> random.nextLong(1, 10 * LATENCY),
              (node, step, weights) -> weights[0] += 1.0 / 1024,
              seed,
              2_000);
      int victim = random.nextInt(n);
      run.runFor(random.nextLong(LATENCY, 100 * LATENCY));
      run.crash(victim);
      run.runFor(200 * LATENCY);
      for (int neighbour : order.neighbours(victim)) {
        assertThat(run.node(neighbour).gone())
            .as("seed %d: node %d misses", seed, neighbour)
            .contains(victim);
        assertThat(run.node(neighbour).isWaiting() && order.neighbours(neighbour).length == 1)
            .as("seed %d: node %d waits for the dead", seed, neighbour)
            .isFalse();
      }
      long before = run.steps(victim == 0 ? 1 : 0);
      run.runFor(200 * LATENCY);
      assertThat(run.steps(victim == 0 ? 1 : 0)).as("others go on").isGreaterThan(before);
      run.restart(victim, 1);

      assertThat(run.run(60 * SECOND)).as("seed %d: %s", seed, run.state()).isTrue();
      run.runFor(SECOND);
      for (int node = 0; node < n; node++) {
        assertThat(run.node(node).gone()).as("seed %d: node %d misses", seed, node).isEmpty();
      }
      // Still averaging, so the nodes end close together: the new one has begun with their weights.
      assertThat(run.node(victim).weights()[0])
          .as("seed %d", seed)
          .isCloseTo(sum(run, n, 0) / n, within(1.0));
    }
  }

  @Test
  void aSlowNodeCostsNoMoreThanItsOwnShare() {
    assertThat(throughput(Map.of(3, 10.0)) / throughput(Map.of()))
        .as("(n - 1 + 1/k) / n")
        .isCloseTo(0.8875, within(0.01));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ring", "path", "star", "hypercube", "complete", "exponential"})
  void averagingAloneReachesTheMeanOnEveryConnectedGraph(String name) {
    int n = 8;
    SplittableRandom random = new SplittableRandom(20261124);
    double[][] initial = random(random, n, 1);
    PairingSimulation run =
        new PairingSimulation(
            PairOrder.of(Topologies.byName(name, n)),
            initial,
            Faults.none(random.split(), LATENCY),
            CALM,
            (node, step) -> random.nextLong(1, 10 * LATENCY),
            (node, step, weights) -> {},
            7,
            2_000);
    double mean = sum(run, n, 0) / n;
    assertThat(run.run(600 * SECOND)).isTrue();
    run.runFor(SECOND);
    for (int node = 0; node < n; node++) {
      assertThat(run.node(node).weights()[0]).isCloseTo(mean, within(1e-9));
    }
  }

  /** Steps per second of 8 nodes on an exponential graph, every mini-batch 5 ms. */
  private static double throughput(Map<Integer, Double> slow) {
    int n = 8;
    Stragglers stragglers = Stragglers.of(5_000_000, false, slow, 1);
    SplittableRandom random = new SplittableRandom(3);
    PairingSimulation run =
        new PairingSimulation(
            PairOrder.of(Topologies.byName("exponential", n)),
            random(random, n, 1),
            Faults.none(random.split(), LATENCY),
            CALM,
            (node, step) -> stragglers.totalNanos(node, step, 0),
            (node, step, weights) -> {},
            7,
            Long.MAX_VALUE);
    run.runFor(20 * SECOND);
    long steps = 0;
    for (int node = 0; node < n; node++) {
      steps += run.steps(node);
    }
    return steps / 20.0;
  }

  private static double sum(PairingSimulation run, int n, int p) {
    double sum = 0;
    for (int node = 0; node < n; node++) {
      sum += run.node(node).weights()[p];
    }
    return sum;
  }

  /** Whole numbers between −512 and 512. */
  private static double[][] random(SplittableRandom random, int n, int length) {
    double[][] weights = new double[n][length];
    for (double[] row : weights) {
      for (int p = 0; p < length; p++) {
        row[p] = random.nextInt(-512, 513);
      }
    }
    return weights;
  }

  /** A random tree and some more edges. */
  private static Topology connected(SplittableRandom random, int n) {
    List<List<Integer>> receivers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      receivers.add(new ArrayList<>());
      if (i > 0) {
        link(receivers, i, random.nextInt(i));
      }
    }
    for (int extra = random.nextInt(n + 1); extra > 0; extra--) {
      int a = random.nextInt(n);
      int b = random.nextInt(n);
      if (a != b) {
        link(receivers, a, b);
      }
    }
    return Topology.of(
        "random",
        receivers.stream()
            .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new));
  }

  private static void link(List<List<Integer>> receivers, int a, int b) {
    receivers.get(a).add(b);
    receivers.get(b).add(a);
  }

  private static String edges(Topology graph) {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < graph.numNodes(); i++) {
      for (int j : graph.receivers(i)) {
        if (i < j) {
          words.append(i).append('-').append(j).append(' ');
        }
      }
    }
    return words.toString();
  }
}
