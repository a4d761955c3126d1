package dev.triptych.gossip.pairing;

import dev.triptych.gossip.pairing.PairMessage.Alive;
import dev.triptych.gossip.pairing.PairMessage.Answer;
import dev.triptych.gossip.pairing.PairMessage.Ping;
import dev.triptych.gossip.pairing.PairMessage.Pull;
import dev.triptych.gossip.pairing.PairMessage.Request;
import dev.triptych.gossip.pairing.PairMessage.Settled;
import dev.triptych.gossip.pairing.PairMessage.Weights;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One node's side of asynchronous pairwise averaging, (x_i, x_j) ← (x_i + x_j)/2. A pure state
 * machine; its owner sees to it that one thread at a time uses it, also for the weights.
 *
 * <p>{@link #start} sends x_i to a random partner. From then until the answer the node is waiting:
 * it holds requests of others, so x_i changes by its own gradients only, which commute with the
 * average. The partner adds d = (x_i − x_j)/2 to its weights the moment it is not waiting itself,
 * and answers −d, which the starter adds to its own: what one gains the other loses, and without a
 * gradient in between both have the mean.
 *
 * <p>No deadlock: a node waits only for one that is higher in the {@link PairOrder}, so the highest
 * waiting node waits for one that does not wait, and that one answers at once.
 *
 * <p>No half average: the partner decides each number once and repeats its answer until the starter
 * has settled it; the starter asks for a number until it is answered, with whatever its weights are
 * by then. If that takes longer than its patience, the node goes on without waiting and the
 * difference comes late: then the sum of the weights is kept but for a moment there is no mean.
 * What is lost is the weights of a node that dies.
 */
public final class PairingNode {
  /** Where messages go; called during an event. */
  @FunctionalInterface
  public interface Outbox {
    void send(int to, PairMessage message);
  }

  private static final int COUNTER_BITS = 40;

  private final int node;
  private final Patience patience;
  private final double[] weights;
  private final Neighbour[] neighbours;
  private final Neighbour[] partners;
  private final SplittableRandom random;
  private final ArrayDeque<Neighbour> holding = new ArrayDeque<>();
  private @Nullable Neighbour waitingFor;
  private long waitingSince;
  private boolean joining;
  private long lastNumber;
  private long numAverages;
  private long numStarted;

  private PairingNode(
      int node,
      int attempt,
      PairOrder order,
      double[] weights,
      boolean joining,
      Patience patience,
      long seed,
      long now) {
    this.node = node;
    this.patience = patience;
    this.weights = weights;
    this.joining = joining;
    this.lastNumber = (long) attempt << COUNTER_BITS;
    this.random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + node + lastNumber);
    int[] numbers = order.neighbours(node);
    int[] asked = order.partners(node);
    this.neighbours = new Neighbour[numbers.length];
    List<Neighbour> higher = new ArrayList<>();
    for (int k = 0; k < numbers.length; k++) {
      boolean partner = Arrays.binarySearch(asked, numbers[k]) >= 0;
      neighbours[k] =
          new Neighbour(numbers[k], partner, now, joining ? now - patience.retry() - 1 : now);
      if (partner) {
        higher.add(neighbours[k]);
      }
    }
    this.partners = higher.toArray(Neighbour[]::new);
  }

  /**
   * A node that is there from the beginning.
   *
   * @param weights x_i, handed over and changed in place
   * @param seed of the choice of partners
   * @param now in nanoseconds from anywhere, as in all events
   */
  public static PairingNode of(
      int node, PairOrder order, double[] weights, Patience patience, long seed, long now) {
    return new PairingNode(node, 0, order, weights, false, patience, seed, now);
  }

  /**
   * A node that takes the place of one that died: from its next {@link #tick} on it asks its
   * neighbours for their weights, and holds what comes until the first has answered.
   *
   * @param attempt above those before
   */
  public static PairingNode rejoining(
      int node,
      int attempt,
      PairOrder order,
      int numParameters,
      Patience patience,
      long seed,
      long now) {
    if (attempt < 1) {
      throw new IllegalArgumentException("the first attempt has nothing to rejoin");
    }
    double[] weights = new double[numParameters];
    return new PairingNode(node, attempt, order, weights, true, patience, seed, now);
  }

  /** 0-based. */
  public int node() {
    return node;
  }

  /** x_i, live: the owner may add its gradients at any time, and must not while an event runs. */
  public double[] weights() {
    return weights;
  }

  /** Whether it has no weights yet. */
  public boolean isJoining() {
    return joining;
  }

  /** Whether an average that it has started is neither done nor given up. */
  public boolean isWaiting() {
    return waitingFor != null;
  }

  /** Averages that have changed this node's weights, whoever started them. */
  public long numAverages() {
    return numAverages;
  }

  /** Those of them that this node started. */
  public long numStarted() {
    return numStarted;
  }

  /**
   * Starts an average with a partner, if there is one to be reached.
   *
   * @return whether one was started
   * @throws IllegalStateException if the node waits or has no weights yet
   */
  public boolean start(long now, Outbox out) {
    if (waitingFor != null || joining) {
      throw new IllegalStateException("node " + node + " cannot start an average now");
    }
    int reachable = 0;
    for (Neighbour partner : partners) {
      reachable += partner.canBeAsked() ? 1 : 0;
    }
    if (reachable == 0) {
      return false;
    }
    int chosen = random.nextInt(reachable);
    for (Neighbour partner : partners) {
      if (partner.canBeAsked() && chosen-- == 0) {
        partner.open = ++lastNumber;
        partner.asked = now;
        waitingFor = partner;
        waitingSince = now;
        say(partner, new Request(partner.open, weights.clone()), out);
        break;
      }
    }
    return true;
  }

  /**
   * A message came in.
   *
   * @throws IllegalArgumentException if it cannot have come from that node, or is of another length
   */
  public void receive(int from, PairMessage message, long now, Outbox out) {
    Neighbour sender = neighbour(from);
    if (message.numValues() != 0 && message.numValues() != weights.length) {
      throw new IllegalArgumentException(
          String.format(
              "node %d has %d weights, a message of node %d has %d",
              node, weights.length, from, message.numValues()));
    }
    sender.heard = now;
    sender.gone = false;
    if (message instanceof Request request) {
      requested(sender, request, out);
    } else if (message instanceof Answer answer) {
      answered(sender, answer, out);
    } else if (message instanceof Settled settled) {
      if (settled.number() == sender.decided) {
        sender.answer = null;
      }
    } else if (message instanceof Ping) {
      say(sender, new Alive(), out);
    } else if (message instanceof Pull) {
      if (joining) {
        sender.pulls = true;
      } else {
        say(sender, new Weights(weights.clone()), out);
      }
    } else if (message instanceof Weights copied && joining) {
      System.arraycopy(copied.weights(), 0, weights, 0, weights.length);
      joining = false;
      for (Neighbour neighbour : neighbours) {
        if (neighbour.pulls) {
          neighbour.pulls = false;
          say(neighbour, new Weights(weights.clone()), out);
        }
      }
      serveHeld(out);
    }
  }

  /** Nobody waits for an answer of this neighbour any more; it is gone until it is heard again. */
  public void lost(int peer, Outbox out) {
    Neighbour neighbour = neighbour(peer);
    neighbour.gone = true;
    if (waitingFor == neighbour) {
      waitingFor = null;
      serveHeld(out);
    }
  }

  /**
   * Time goes by: gives up waiting, asks again, and asks quiet neighbours whether they are there.
   */
  public void tick(long now, Outbox out) {
    Neighbour awaited = waitingFor;
    if (awaited != null && now - waitingSince > patience.patience()) {
      lost(awaited.number, out);
    }
    for (Neighbour neighbour : neighbours) {
      long quiet = now - neighbour.heard;
      if (quiet > 3 * patience.patience()) {
        neighbour.gone = true;
      }
      long bound = patience.patience();
      boolean due = quiet > bound && now - neighbour.asked > bound;
      if (neighbour.open != 0 || joining) {
        due = now - neighbour.asked > patience.retry();
      }
      if (due) {
        neighbour.asked = now;
        say(neighbour, question(neighbour), out);
      }
    }
  }

  private PairMessage question(Neighbour neighbour) {
    if (joining) {
      return new Pull();
    }
    return neighbour.open != 0 ? new Request(neighbour.open, weights.clone()) : new Ping();
  }

  /** The neighbours that were not heard of for too long or could not be reached, ascending. */
  public List<Integer> gone() {
    List<Integer> gone = new ArrayList<>();
    for (Neighbour neighbour : neighbours) {
      if (neighbour.gone) {
        gone.add(neighbour.number);
      }
    }
    return gone;
  }

  private void requested(Neighbour sender, Request request, Outbox out) {
    if (sender.partner) {
      throw new IllegalArgumentException(
          "node " + sender.number + " does not ask node " + node + ", it is asked");
    }
    if (request.number() <= sender.decided) {
      Answer answer = sender.answer;
      if (answer != null && request.number() == sender.decided) {
        say(sender, answer, out);
      }
      return;
    }
    Request before = sender.held;
    if (before == null) {
      holding.add(sender);
    }
    if (before == null || before.number() < request.number()) {
      sender.held = request;
    }
    if (!joining && waitingFor == null) {
      serveHeld(out);
    }
  }

  private void serveHeld(Outbox out) {
    for (Neighbour next = holding.poll(); next != null; next = holding.poll()) {
      Request request = next.held;
      next.held = null;
      if (request != null) {
        serve(next, request, out);
      }
    }
  }

  private void serve(Neighbour starter, Request request, Outbox out) {
    double[] theirs = request.weights();
    double[] difference = new double[theirs.length];
    for (int p = 0; p < difference.length; p++) {
      double half = (theirs[p] - weights[p]) / 2;
      weights[p] += half;
      difference[p] = -half;
    }
    numAverages++;
    starter.decided = request.number();
    starter.answer = new Answer(request.number(), difference);
    say(starter, starter.answer, out);
  }

  private void answered(Neighbour partner, Answer answer, Outbox out) {
    if (partner.open != answer.number()) {
      return;
    }
    partner.open = 0;
    double[] difference = answer.difference();
    for (int p = 0; p < difference.length; p++) {
      weights[p] += difference[p];
    }
    numAverages++;
    numStarted++;
    say(partner, new Settled(answer.number()), out);
    if (waitingFor == partner) {
      waitingFor = null;
      serveHeld(out);
    }
  }

  private void say(Neighbour to, PairMessage message, Outbox out) {
    out.send(to.number, message);
  }

  private Neighbour neighbour(int number) {
    for (Neighbour neighbour : neighbours) {
      if (neighbour.number == number) {
        return neighbour;
      }
    }
    throw new IllegalArgumentException("node " + number + " is no neighbour of node " + node);
  }

  /** What a node knows of one neighbour. */
  private static final class Neighbour {
    private final int number;
    // Whether we ask it, or it us.
    private final boolean partner;
    // When it was last heard, and last asked anything that wants an answer.
    private long heard;
    private long asked;
    private boolean gone;
    // Asked: the number it has not answered, or 0.
    private long open;
    // Asking: its latest number that was served, and the answer unless it is settled.
    private long decided;
    private @Nullable Answer answer;
    private @Nullable Request held;
    // Waits for our weights, which we have not got ourselves.
    private boolean pulls;

    Neighbour(int number, boolean partner, long now, long asked) {
      this.number = number;
      this.partner = partner;
      this.heard = now;
      this.asked = asked;
    }

    boolean canBeAsked() {
      return !gone && open == 0;
    }
  }
}
