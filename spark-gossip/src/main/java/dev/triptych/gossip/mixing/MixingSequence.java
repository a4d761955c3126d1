package dev.triptych.gossip.mixing;

import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.topology.Topology;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The averaging weights of every round: W(0), W(1), …, W(T−1) and then again from the start. A
 * fixed graph is a sequence of one matrix; a time-varying one has T of them. Immutable and
 * thread-safe.
 */
public final class MixingSequence implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What counts as exactly the mean in double precision. */
  public static final double EXACT = 1e-12;

  private static final int MAX_PERIOD = 10_000;

  private final String rule;
  private final MixingMatrix[] rounds;

  private MixingSequence(String rule, MixingMatrix... rounds) {
    this.rule = rule;
    this.rounds = rounds;
  }

  /** The same weights in every round. */
  public static MixingSequence constant(MixingMatrix mixing) {
    return new MixingSequence(mixing.rule(), mixing);
  }

  /**
   * The weights of round t are {@code rounds.get(t mod T)}.
   *
   * @param rounds at least one, all on the same nodes; with more than one, every node counts itself
   *     in every round, so that a connected union of the rounds' graphs is never periodic
   * @throws IllegalArgumentException if they do not fit together
   */
  public static MixingSequence periodic(List<MixingMatrix> rounds) {
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("a sequence needs at least one mixing matrix");
    }
    for (MixingMatrix mixing : rounds) {
      if (mixing.numNodes() != rounds.get(0).numNodes()) {
        throw new IllegalArgumentException("the rounds' matrices differ in size");
      }
      for (int i = 0; rounds.size() > 1 && i < mixing.numNodes(); i++) {
        if (!(mixing.weight(i, i) > 0)) {
          throw new IllegalArgumentException("node " + i + " does not count itself in every round");
        }
      }
    }
    return new MixingSequence(rounds.get(0).rule(), rounds.toArray(MixingMatrix[]::new));
  }

  /**
   * The same weights in every {@code every}-th round, none in between: {@code every} steps for each
   * exchange (Wang, Joshi 2018, cooperative SGD).
   *
   * @param every at least 1
   * @throws InvalidInputException if some node does not count itself in some round
   */
  public MixingSequence withLocalSteps(int every) {
    if (every == 1) {
      return this;
    }
    MixingMatrix none = MixingMatrix.identity(numNodes());
    MixingMatrix[] all = new MixingMatrix[Math.multiplyExact(period(), every)];
    for (int t = 0; t < all.length; t++) {
      all[t] = (t + 1) % every == 0 ? at(t / every) : none;
    }
    return new MixingSequence(rule + ", " + every + " local steps", selfCounting(all));
  }

  /**
   * The same weights, but in every {@code every}-th round all nodes take the mean of all:
   * Gossip-PGA (Chen et al. 2021). That round's messages are those of the complete graph.
   *
   * @param every at least 1
   * @throws InvalidInputException if some node does not count itself in some round, or the weights
   *     would repeat after more than 10,000 rounds
   */
  public MixingSequence withGlobalAverage(int every) {
    long length = (long) period() / gcd(period(), every) * every;
    if (length > MAX_PERIOD) {
      throw new InvalidInputException(
          "a global average every %d rounds of weights that repeat every %d rounds: expected at most"
                  .formatted(every, period())
              + " %d rounds until both repeat, these need %d".formatted(MAX_PERIOD, length));
    }
    MixingMatrix mean = MixingMatrix.mean(numNodes());
    MixingMatrix[] all = new MixingMatrix[(int) length];
    for (int t = 0; t < all.length; t++) {
      all[t] = (t + 1) % every == 0 ? mean : at(t);
    }
    return new MixingSequence(
        rule + ", global average every " + every + " rounds", selfCounting(all));
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static MixingMatrix[] selfCounting(MixingMatrix... rounds) {
    for (MixingMatrix mixing : rounds) {
      if (!(mixing.smallestOwnWeight() > 0)) {
        throw new InvalidInputException(
            mixing.rule() + " weights: expected every node to count itself in every round");
      }
    }
    return rounds;
  }

  /** Tells sequences of other weights apart: a CRC32C of all of them, in hexadecimal. */
  public String checksum() {
    CRC32C checksum = new CRC32C();
    ByteBuffer entry = ByteBuffer.allocate(Integer.BYTES + Double.BYTES);
    for (MixingMatrix round : rounds) {
      for (int i = 0; i < numNodes(); i++) {
        for (int k = 0; k < round.sources(i).length; k++) {
          entry.clear().putInt(round.sources(i)[k]).putDouble(round.weights(i)[k]);
          checksum.update(entry.flip());
        }
        checksum.update(i);
      }
    }
    return "%08x".formatted(checksum.getValue());
  }

  /** T, the number of rounds after which the weights repeat. */
  public int period() {
    return rounds.length;
  }

  /** Whether the weights change from round to round. */
  public boolean isTimeVarying() {
    return rounds.length > 1;
  }

  /** W(round mod T). */
  public MixingMatrix at(long round) {
    return rounds[(int) Math.floorMod(round, (long) rounds.length)];
  }

  /** n. */
  public int numNodes() {
    return rounds[0].numNodes();
  }

  /** Name of the rule that gave the weights. */
  public String rule() {
    return rule;
  }

  /** Whether every round's matrix is doubly stochastic. */
  public boolean isDoublyStochastic() {
    for (MixingMatrix mixing : rounds) {
      if (!mixing.isDoublyStochastic()) {
        return false;
      }
    }
    return true;
  }

  /** Whether every round's matrix is symmetric. */
  public boolean isSymmetric() {
    for (MixingMatrix mixing : rounds) {
      if (!mixing.isSymmetric()) {
        return false;
      }
    }
    return true;
  }

  /** Who ever hears whom: an edge j → i wherever some round has w_ij ≠ 0. */
  public Topology union(String name) {
    int[][] receivers = new int[numNodes()][];
    int[] counts = new int[numNodes()];
    for (MixingMatrix mixing : rounds) {
      mixing.forEachLink((i, j) -> counts[j]++);
    }
    for (int j = 0; j < receivers.length; j++) {
      receivers[j] = new int[counts[j]];
      counts[j] = 0;
    }
    for (MixingMatrix mixing : rounds) {
      mixing.forEachLink((i, j) -> receivers[j][counts[j]++] = i);
    }
    return Topology.of(name, receivers);
  }

  /** Most nodes that one node sends to in one round. */
  public int maxDegree() {
    int max = 0;
    for (MixingMatrix mixing : rounds) {
      int[] degrees = new int[numNodes()];
      mixing.forEachLink((i, j) -> degrees[j]++);
      for (int degree : degrees) {
        max = Math.max(max, degree);
      }
    }
    return max;
  }

  /** Most messages that all nodes together send in one round. */
  public long maxMessages() {
    long max = 0;
    for (MixingMatrix mixing : rounds) {
      long[] messages = new long[1];
      mixing.forEachLink((i, j) -> messages[0]++);
      max = Math.max(max, messages[0]);
    }
    return max;
  }

  /**
   * How much one round shrinks the distance to consensus in the long run: ρ of a fixed graph, and
   * the T-th root of the ρ of W(T−1)⋯W(0) of a time-varying one. Zero if a period is exactly the
   * mean.
   */
  public double secondEigenvalue() {
    if (!isTimeVarying()) {
      return rounds[0].secondEigenvalue();
    }
    return exactAfter() > 0
        ? 0
        : Math.pow(Spectrum.secondModulus(new PeriodProduct(this, period())), 1.0 / period());
  }

  /**
   * After how many rounds from the start, T at most, every node holds exactly the mean, that is to
   * {@link #EXACT} of the distance at the start; 0 if it does not.
   */
  public int exactAfter() {
    // A random start lies on no subspace that some rounds happen to average well.
    double[] x = Spectrum.start(numNodes());
    double[] y = new double[x.length];
    for (int t = 0; t < period(); t++) {
      rounds[t].multiply(x, y);
      double[] swap = x;
      x = y;
      y = swap;
      if (Math.sqrt(Spectrum.dot(x, x)) <= EXACT) {
        return t + 1;
      }
    }
    return 0;
  }

  /**
   * ‖W(k−1)⋯W(0) − J‖₂, the largest factor by which the first k rounds stretch a distance to the
   * mean.
   */
  public double contraction(int numRounds) {
    return Spectrum.consensusNorm(new PeriodProduct(this, numRounds));
  }

  /** The sources of each row in any round, for graph algorithms; do not change. */
  int[][] support() {
    if (!isTimeVarying()) {
      return rounds[0].support();
    }
    Topology union = union("union");
    int[][] support = new int[numNodes()][];
    for (int i = 0; i < support.length; i++) {
      support[i] = Rows.withSelf(i, union.senders(i));
    }
    return support;
  }
}
