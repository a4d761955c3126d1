package dev.triptych.gossip.exchange;

import dev.triptych.gossip.pairing.PairMessage;
import dev.triptych.gossip.pairing.PairingNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's {@link PairingNode} between its own thread, which computes gradients, and those that
 * bring messages. One small lock; messages leave when it is free again, so nobody ever holds two.
 * Thread-safe.
 */
public final class PairHost {
  private static final Logger log = LoggerFactory.getLogger(PairHost.class);

  private final String runId;
  private final PairExchange exchange;
  private final int node;
  // Guarded by this.
  private final PairingNode machine;
  private final TreeSet<Integer> everGone = new TreeSet<>();
  private List<Integer> gone = List.of();
  private long numSteps;
  private long vectorsSent;
  private long vectorsReceived;

  PairHost(String runId, PairExchange exchange, PairingNode machine) {
    this.runId = runId;
    this.exchange = exchange;
    this.machine = machine;
    this.node = machine.node();
  }

  /** 0-based. */
  public int node() {
    return node;
  }

  /** Starts an average with a neighbour that this node asks, if one can be reached. */
  public void start() {
    during(out -> machine.start(System.nanoTime(), out));
  }

  /**
   * Copies the weights.
   *
   * @return how many averages have changed them so far
   */
  public synchronized long read(double[] into) {
    System.arraycopy(machine.weights(), 0, into, 0, into.length);
    return machine.numAverages();
  }

  /**
   * Does one of the node's own steps: changes the weights, in place.
   *
   * @return how many averages have changed them so far
   */
  public synchronized long step(Consumer<double[]> change) {
    change.accept(machine.weights());
    numSteps++;
    return machine.numAverages();
  }

  /** The weights now, and what it took. */
  public synchronized Moment now() {
    return new Moment(machine.weights().clone(), numSteps, vectorsSent);
  }

  /**
   * A node at one moment.
   *
   * @param weights a copy
   * @param numSteps its own steps so far
   * @param vectorsSent weight vectors sent so far
   */
  public record Moment(double[] weights, long numSteps, long vectorsSent) {}

  /** Waits until this node's average is done or given up, which has a bound. */
  public void awaitAverage(Duration maxWait) throws InterruptedException {
    await(() -> !machine.isWaiting(), maxWait, "the answer of a neighbour");
  }

  /** Waits until a node that rejoins has weights. */
  public void awaitWeights(Duration maxWait) throws InterruptedException {
    await(() -> !machine.isJoining(), maxWait, "the weights of a neighbour");
  }

  private synchronized void await(BooleanSupplier condition, Duration maxWait, String what)
      throws InterruptedException {
    long deadline = System.nanoTime() + maxWait.toNanos();
    while (!condition.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new NeighbourTimeoutException(
            String.format(
                "run %s: node %d waited %d ms for %s; gone are %s",
                runId, node, maxWait.toMillis(), what, machine.gone()));
      }
      wait(left / 1_000_000, (int) (left % 1_000_000));
    }
  }

  /** Averages that this node has started and that are done. */
  public synchronized long numStarted() {
    return machine.numStarted();
  }

  /** Weight vectors sent so far, in memory or not. */
  public synchronized long vectorsSent() {
    return vectorsSent;
  }

  /** Weight vectors received so far, in memory or not. */
  public synchronized long vectorsReceived() {
    return vectorsReceived;
  }

  /** The neighbours that were missed at some time, ascending. */
  public synchronized List<Integer> everGone() {
    return List.copyOf(everGone);
  }

  /** Brings a message. */
  void receive(int from, PairMessage message) {
    during(
        out -> {
          vectorsReceived += message.numValues() > 0 ? 1 : 0;
          machine.receive(from, message, System.nanoTime(), out);
        });
  }

  /** A message did not reach its receiver, or its answer did not come. */
  void lost(int peer) {
    during(out -> machine.lost(peer, out));
  }

  /** Time goes by. */
  void tick() {
    during(out -> machine.tick(System.nanoTime(), out));
  }

  /** The neighbours that are missed now, ascending. */
  synchronized List<Integer> gone() {
    return machine.gone();
  }

  private void during(Consumer<PairingNode.Outbox> event) {
    List<PairEnvelope> out = new ArrayList<>(2);
    synchronized (this) {
      event.accept((to, message) -> out.add(new PairEnvelope(runId, node, to, message)));
      notice();
      if (!machine.isWaiting() && !machine.isJoining()) {
        notifyAll();
      }
    }
    for (PairEnvelope envelope : out) {
      boolean sent = exchange.send(this, envelope);
      if (sent && envelope.message().numValues() > 0) {
        synchronized (this) {
          vectorsSent++;
        }
      }
    }
  }

  private void notice() {
    List<Integer> now = machine.gone();
    if (!now.equals(gone)) {
      for (int neighbour : now) {
        if (!gone.contains(neighbour)) {
          log.warn("run {}: node {} misses its neighbour {}, and goes on", runId, node, neighbour);
          everGone.add(neighbour);
        }
      }
      for (int neighbour : gone) {
        if (!now.contains(neighbour)) {
          log.info("run {}: node {} hears of its neighbour {} again", runId, node, neighbour);
          exchange.lookUp();
        }
      }
      gone = now;
    }
  }
}
