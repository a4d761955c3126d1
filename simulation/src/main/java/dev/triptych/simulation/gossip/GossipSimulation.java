package dev.triptych.simulation.gossip;

import dev.triptych.gossip.membership.EpochSettings;
import dev.triptych.gossip.membership.MembershipEpochs;
import dev.triptych.gossip.message.Message;
import dev.triptych.simulation.Faults;
import dev.triptych.simulation.Network;
import dev.triptych.simulation.VirtualTime;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A synchronous gossip run in virtual time, one task per node, on a network with faults. The driver
 * is as Spark is: it may or may not notice a task's death, and may or may not start another one.
 * The same seeds give the same run. One thread.
 */
public final class GossipSimulation {
  private static final long SILENCE_NANOS = 150_000_000;
  private static final long GRACE_NANOS = 200_000_000;
  private static final long NOTICED_NANOS = 5_000_000;

  private final Scenario scenario;
  private final VirtualTime time = new VirtualTime();
  private final Network<Packet> network;
  private final SplittableRandom timing;
  private final NodeProcess[] nodes;
  private final long[] lives;
  private final boolean[] alive;
  private final DriverProcess driver;
  // By (epoch, round): each node's message in it, and its weights after it.
  private final TreeMap<Long, double[][]> messages = new TreeMap<>();
  private final TreeMap<Long, double[][]> history = new TreeMap<>();
  private long nextLife;

  /**
   * @param timing draws the time of every gradient
   * @param maxWaitNanos how long the living wait for the lost when the graph falls apart
   */
  public GossipSimulation(
      Scenario scenario, Faults faults, SplittableRandom timing, long maxWaitNanos) {
    this.scenario = scenario;
    this.timing = timing;
    this.network = new Network<>(time, faults);
    int numNodes = scenario.numNodes();
    nodes = new NodeProcess[numNodes];
    lives = new long[numNodes];
    alive = new boolean[numNodes];
    for (int node = 0; node < numNodes; node++) {
      // The driver joins the network last.
      network.join(enter(node, numNodes));
    }
    driver =
        new DriverProcess(
            time,
            network,
            new EpochSettings(
                scenario.mixing(),
                false,
                0,
                scenario.numRounds(),
                maxWaitNanos,
                SILENCE_NANOS,
                GRACE_NANOS));
    for (int node = 0; node < numNodes; node++) {
      network.timer(node, 0, nodes[node]::start);
    }
  }

  private NodeProcess enter(int node, int driverAddress) {
    alive[node] = true;
    lives[node] = nextLife++;
    nodes[node] =
        new NodeProcess(
            time,
            network,
            scenario,
            driverAddress,
            node,
            lives[node],
            () -> timing.nextLong(100_000, 3_000_000),
            observer());
    return nodes[node];
  }

  private NodeProcess.Observer observer() {
    return new NodeProcess.Observer() {
      @Override
      public void sent(int epoch, int node, long round, Message message) {
        of(messages, epoch, round)[node] = message.values().clone();
      }

      @Override
      public void roundDone(int epoch, int node, long round, double[] weights) {
        of(history, epoch, round)[node] = weights;
      }
    };
  }

  private double[][] of(TreeMap<Long, double[][]> log, int epoch, long round) {
    return log.computeIfAbsent((long) epoch << 32 | round, key -> new double[nodes.length][]);
  }

  /**
   * Plans a task's death.
   *
   * @param noticed whether Spark tells the driver; if not, the task's silence does
   * @param backAt when Spark starts another one, or null
   */
  public void crash(int node, long at, boolean noticed, @Nullable Long backAt) {
    time.at(
        at,
        () -> {
          if (!alive[node] || driver.epochs().isOver()) {
            return;
          }
          alive[node] = false;
          network.crash(node);
          long life = lives[node];
          if (noticed) {
            time.after(
                NOTICED_NANOS, () -> driver.epochs().lost(life, "its task died", time.now()));
          }
          if (backAt != null) {
            time.at(backAt, () -> restart(node));
          }
        });
  }

  /** Plans a task to stand still; it never notices. */
  public void freeze(int node, long at, long until) {
    time.at(at, () -> network.freeze(node, until));
  }

  private void restart(int node) {
    if (alive[node]) {
      return;
    }
    network.restart(node, enter(node, driver.address()));
    network.timer(node, time.now(), nodes[node]::start);
  }

  /**
   * Runs until every living node knows that the run is over.
   *
   * @throws IllegalStateException if that takes too long
   */
  public void run(long boundNanos) {
    if (!time.runUntil(this::isDone, boundNanos)) {
      throw new IllegalStateException(
          "not done at %d ms: epoch %s, %s, %s"
              .formatted(
                  time.now() / 1_000_000, epochs().epoch(), epochs().notes(), faultsSoFar()));
    }
  }

  private boolean isDone() {
    if (!driver.epochs().isOver()) {
      return false;
    }
    for (int node = 0; node < nodes.length; node++) {
      if (alive[node] && !nodes[node].isDone()) {
        return false;
      }
    }
    return true;
  }

  /** Who took part. */
  public MembershipEpochs epochs() {
    return driver.epochs();
  }

  /** Whether a node's latest task lives. */
  public boolean isAlive(int node) {
    return alive[node];
  }

  /** A node's weights now. */
  public double[] weights(int node) {
    return nodes[node].weights();
  }

  /** Every node's weights after a round of an epoch; null for those that did not do it. */
  public double[][] after(int epoch, long round) {
    return of(history, epoch, round);
  }

  /** Every node's message in a round of an epoch; null for those that sent none. */
  public double[][] sent(int epoch, long round) {
    return of(messages, epoch, round);
  }

  /** Weights that were sent more than once. */
  public long numSentAgain() {
    return Arrays.stream(nodes).mapToLong(NodeProcess::numSentAgain).sum();
  }

  /** Such as {@code 3 lost, 2 repeated, 1 cuts}. */
  public String faultsSoFar() {
    return network.faultsSoFar();
  }
}
