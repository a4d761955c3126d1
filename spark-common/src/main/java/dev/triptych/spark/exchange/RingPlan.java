package dev.triptych.spark.exchange;

/**
 * Ring all-reduce as a plan (Patarasuk, Yuan 2009; "reduce-scatter, then all-gather"). The vector
 * is cut into n chunks; chunk c starts at node c and travels round the ring along 2(n−1) hops, to
 * node c+1, c+2, …, modulo n. At hops 1 to n−1 the receiver adds its own values, so that after hop
 * n−1 the sum is complete; at the other hops it takes the sum over. In step s node i thus sends
 * chunk i−s to node i+1. A chunk's values are added in the order x_c + x_(c+1) + … + x_(c−1),
 * whatever the timing.
 *
 * <p>Chunks are cut into pieces that travel by themselves, so that a node passes on the first piece
 * while the next one arrives. Every node sends 2(n−1)/n of the vector when n divides its length;
 * all nodes together always send exactly 2(n−1) vectors. Immutable.
 */
public final class RingPlan {
  private final int numNodes;
  private final int length;
  private final int pieceLength;

  /**
   * @param numNodes n ≥ 1
   * @param length of the vector, ≥ 0, also less than n
   * @param pieceLength longest piece, ≥ 1
   */
  public RingPlan(int numNodes, int length, int pieceLength) {
    if (numNodes < 1 || length < 0 || pieceLength < 1) {
      throw new IllegalArgumentException(
          "ring of " + numNodes + " nodes, " + length + " values, pieces of " + pieceLength);
    }
    this.numNodes = numNodes;
    this.length = length;
    this.pieceLength = pieceLength;
  }

  /** n. */
  public int numNodes() {
    return numNodes;
  }

  /** Of the vector. */
  public int length() {
    return length;
  }

  /** 2(n−1): how often a piece is sent, and the number of steps. */
  public int numHops() {
    return 2 * (numNodes - 1);
  }

  /** Who has a chunk after so many hops. */
  public int node(int chunk, int hop) {
    return (chunk + hop) % numNodes;
  }

  /** Whether the receiver adds at this hop (1 to 2(n−1)); else it takes over. */
  public boolean isSum(int hop) {
    return hop < numNodes;
  }

  /** The chunk that a node sends in a step, 0 to 2(n−1)−1: its hop step+1. */
  public int chunkSent(int node, int step) {
    return Math.floorMod(node - step, numNodes);
  }

  /** Pieces of a chunk; 0 when it is empty. */
  public int numPieces(int chunk) {
    int values = cut(chunk + 1) - cut(chunk);
    return values == 0 ? 0 : (values - 1) / pieceLength + 1;
  }

  /** First value of a piece. */
  public int begin(int chunk, int piece) {
    return cut(chunk) + piece * pieceLength;
  }

  /** After the last value of a piece. */
  public int end(int chunk, int piece) {
    return (int) Math.min(cut(chunk + 1), (long) begin(chunk, piece) + pieceLength);
  }

  /** Pieces that a node sends in all steps. */
  public int numPiecesSent(int node) {
    int pieces = 0;
    for (int step = 0; step < numHops(); step++) {
      pieces += numPieces(chunkSent(node, step));
    }
    return pieces;
  }

  /** Pieces that a node receives in all steps: what the node before it sends. */
  public int numPiecesReceived(int node) {
    return numPiecesSent(Math.floorMod(node - 1, numNodes));
  }

  /** Values that a node sends in all steps. */
  public long numValuesSent(int node) {
    long values = 0;
    for (int step = 0; step < numHops(); step++) {
      int chunk = chunkSent(node, step);
      values += cut(chunk + 1) - cut(chunk);
    }
    return values;
  }

  private int cut(int chunk) {
    return (int) ((long) length * chunk / numNodes);
  }
}
