package dev.triptych.simulation.pairing;

import dev.triptych.gossip.pairing.PairMessage;
import dev.triptych.gossip.pairing.PairOrder;
import dev.triptych.gossip.pairing.PairingNode;
import dev.triptych.gossip.pairing.Patience;
import dev.triptych.simulation.Faults;
import dev.triptych.simulation.Network;
import dev.triptych.simulation.Process;
import dev.triptych.simulation.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AD-PSGD in virtual time. Every node, step after step: starts an average, computes for a while,
 * waits until its average is done, and changes its weights. The same seeds give the same run. One
 * thread.
 */
public final class PairingSimulation {
  /** How long a step's gradient takes, in nanoseconds. */
  @FunctionalInterface
  public interface ComputeTime {
    long nanos(int node, long step);
  }

  /** What a step does with the node's weights, in place. */
  @FunctionalInterface
  public interface LocalStep {
    void apply(int node, long step, double[] weights);
  }

  private final PairOrder order;
  private final Patience patience;
  private final ComputeTime compute;
  private final LocalStep step;
  private final long seed;
  private final long maxSteps;
  private final int numParameters;
  private final VirtualTime time = new VirtualTime();
  private final Network<PairMessage> network;
  private final List<Node> nodes = new ArrayList<>();
  private long numVectors;

  /**
   * Nodes that begin at time 0.
   *
   * @param initial weights by node; copied
   * @param maxSteps after which a node computes no more, but still answers
   */
  public PairingSimulation(
      PairOrder order,
      double[][] initial,
      Faults faults,
      Patience patience,
      ComputeTime compute,
      LocalStep step,
      long seed,
      long maxSteps) {
    this.order = order;
    this.patience = patience;
    this.compute = compute;
    this.step = step;
    this.seed = seed;
    this.maxSteps = maxSteps;
    this.numParameters = initial[0].length;
    this.network = new Network<>(time, faults);
    for (int i = 0; i < order.numNodes(); i++) {
      PairingNode machine = PairingNode.of(i, order, initial[i].clone(), patience, seed, 0);
      Node node = new Node(machine);
      nodes.add(node);
      node.address = network.join(node);
    }
    nodes.forEach(Node::begin);
  }

  /** Runs until all living nodes have done their steps; false if they have not at the bound. */
  public boolean run(long boundNanos) {
    return time.runUntil(this::isOver, boundNanos);
  }

  /** Lets time go by, whatever happens. */
  public void runFor(long nanos) {
    time.runUntil(() -> false, time.now() + nanos);
  }

  /** The time now, in nanoseconds. */
  public long now() {
    return time.now();
  }

  /** A node dies, with its weights. */
  public void crash(int node) {
    network.crash(node);
    nodes.get(node).dead = true;
  }

  /** A node that died begins anew, with a neighbour's weights, where its steps were. */
  public void restart(int node, int attempt) {
    Node before = nodes.get(node);
    Node next = new Node(null);
    next.address = node;
    next.steps = before.steps;
    nodes.set(node, next);
    network.restart(node, next);
    next.rejoin(node, attempt);
  }

  /** A node's side of the protocol. */
  public PairingNode node(int node) {
    return nodes.get(node).machine();
  }

  /** Weight vectors sent so far. */
  public long numVectors() {
    return numVectors;
  }

  /** Steps that a node has done. */
  public long steps(int node) {
    return nodes.get(node).steps;
  }

  /** Who has how many steps and waits, for messages of failed tests. */
  public String state() {
    StringBuilder words = new StringBuilder("at " + time.now() + " ns:");
    for (Node node : nodes) {
      words.append(
          " [%s%d steps%s]"
              .formatted(
                  node.dead ? "dead " : "", node.steps, node.isWaiting() ? ", waiting" : ""));
    }
    return words.append(' ').append(network.faultsSoFar()).toString();
  }

  private boolean isOver() {
    for (Node node : nodes) {
      if (!node.dead && (node.steps < maxSteps || node.machine().isJoining())) {
        return false;
      }
    }
    return true;
  }

  /** One node: the loop of AD-PSGD as events. */
  private final class Node implements Process<PairMessage> {
    private @Nullable PairingNode machine;
    private int address;
    private long steps;
    private boolean computed;
    private boolean begun;
    private boolean dead;

    Node(@Nullable PairingNode machine) {
      this.machine = machine;
    }

    PairingNode machine() {
      if (machine == null) {
        throw new IllegalStateException("the node has not begun");
      }
      return machine;
    }

    void rejoin(int node, int attempt) {
      machine =
          PairingNode.rejoining(node, attempt, order, numParameters, patience, seed, time.now());
      machine.tick(time.now(), this::send);
      tickLater();
    }

    boolean isWaiting() {
      return machine != null && machine.isWaiting();
    }

    /** The first step of a node that has weights. */
    void begin() {
      tickLater();
      beginStep();
    }

    private void beginStep() {
      begun = true;
      if (steps >= maxSteps) {
        return;
      }
      computed = false;
      machine().start(time.now(), this::send);
      network.timer(
          address,
          time.now() + compute.nanos(address, steps),
          () -> {
            computed = true;
            finishStep();
          });
    }

    private void finishStep() {
      if (computed && !machine().isWaiting()) {
        computed = false;
        step.apply(address, steps, machine().weights());
        steps++;
        // Not at once, so that others get their turn between two steps of one node.
        network.timer(address, time.now(), this::beginStep);
      }
    }

    private void tickLater() {
      network.timer(
          address,
          time.now() + Math.min(patience.retry(), patience.patience()),
          () -> {
            machine().tick(time.now(), this::send);
            afterEvent();
            tickLater();
          });
    }

    @Override
    public void receive(int from, PairMessage message) {
      machine().receive(from, message, time.now(), this::send);
      afterEvent();
    }

    private void afterEvent() {
      if (!begun && !machine().isJoining()) {
        beginStep();
      } else {
        finishStep();
      }
    }

    private void send(int to, PairMessage message) {
      numVectors += message.numValues() > 0 ? 1 : 0;
      network.send(address, to, message);
    }
  }
}
