package dev.triptych.spark.exchange;

import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import dev.triptych.spark.transport.UploadSink;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One task's way to add up arrays with the nodes of other tasks, as {@link RingPlan} says: no
 * driver, no server, 2(n−1)/n of the array sent by each node. Whoever has a piece carries it on:
 * inside a process one thread takes it from array to array while it is in its core's cache, between
 * processes an event loop adds what arrives and sends it on from the array. A node's own thread
 * works on whatever piece waits, until its array is done. Processes of one host share memory
 * instead, if all nodes are on that host, see {@link WindowPlan}.
 *
 * <p>First {@link #open}, then {@link #connect} once all nodes are open, then each node's thread
 * calls {@link #sum}, all of them equally often with arrays of the same length. Thread-safe. After
 * a failure nothing can be added up any more.
 */
public final class RingAllReduce implements AutoCloseable {
  // Of all arrays together, a piece stays in a core's own cache.
  private static final int LOCAL_PIECE_BYTES = 32 << 10;
  private static final int REMOTE_PIECE_BYTES = 1 << 20;

  private final String runId;
  private final int numNodes;
  private final Duration maxWait;
  private final ProcessRings process;
  private final Map<Integer, RingNode> nodes = new HashMap<>();
  private final Endpoint endpoint;
  private final ProcessRings.Ring ring;
  private volatile Map<Integer, Address> addresses = Map.of();
  private final Sharing sharing;
  private final Map<Integer, MemoryNode> memoryNodes = new ConcurrentHashMap<>();
  private volatile boolean inOneProcess;

  private RingAllReduce(
      String runId,
      int numNodes,
      int[] hosted,
      Duration maxWait,
      boolean sharesMemory,
      ProcessRings process,
      Function<RequestHandler, Endpoint> openEndpoint) {
    if (hosted.length == 0) {
      throw new IllegalArgumentException("run " + runId + ": a task without nodes");
    }
    this.runId = runId;
    this.numNodes = numNodes;
    this.maxWait = maxWait;
    this.process = process;
    this.sharing = new Sharing(runId, numNodes, sharesMemory);
    for (int node : hosted) {
      nodes.put(node, new RingNode(this, node));
    }
    this.endpoint = openEndpoint.apply(new Pieces());
    ProcessRings.@Nullable Ring joined = null;
    for (RingNode node : nodes.values()) {
      joined = process.add(runId, node);
    }
    this.ring = Objects.requireNonNull(joined);
  }

  /**
   * Opens a task's nodes.
   *
   * @param runId unique in the cluster
   * @param numNodes n, of all tasks
   * @param hosted nodes of this task, at least one
   * @param maxWait bound of every wait for other nodes
   */
  public static RingAllReduce open(String runId, int numNodes, int[] hosted, Duration maxWait) {
    return open(
        runId,
        numNodes,
        hosted,
        maxWait,
        true,
        ProcessRings.HERE,
        handler -> Endpoint.open("all-reduce of run " + runId, 1, handler));
  }

  /**
   * Opens a task's nodes outside Spark.
   *
   * @param sharesMemory whether processes of one host may share memory; the same in all tasks
   * @param openEndpoint opens the endpoint of the handler
   */
  public static RingAllReduce open(
      String runId,
      int numNodes,
      int[] hosted,
      Duration maxWait,
      boolean sharesMemory,
      Function<RequestHandler, Endpoint> openEndpoint) {
    return open(runId, numNodes, hosted, maxWait, sharesMemory, ProcessRings.HERE, openEndpoint);
  }

  static RingAllReduce open(
      String runId,
      int numNodes,
      int[] hosted,
      Duration maxWait,
      boolean sharesMemory,
      ProcessRings process,
      Function<RequestHandler, Endpoint> openEndpoint) {
    return new RingAllReduce(runId, numNodes, hosted, maxWait, sharesMemory, process, openEndpoint);
  }

  /** Its endpoint, for calls to the driver. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Nodes of this task. */
  int numHosted() {
    return nodes.size();
  }

  /** Whether arrays go through memory shared with other processes. */
  boolean sharesMemory() {
    return sharing.isShared();
  }

  /** Tells where all nodes of the run are; every one of them is open. */
  public void connect(Map<Integer, Address> everybody) {
    // All tasks come to the same answers, so that they cut arrays alike.
    boolean here = true;
    Set<Address> others = new LinkedHashSet<>();
    Set<String> hosts = new HashSet<>();
    for (int node = 0; node < numNodes; node++) {
      Address address = everybody.get(node);
      if (address == null) {
        throw new IllegalArgumentException("run " + runId + ": node " + node + " is nowhere");
      }
      here &= ring.find(node) != null;
      hosts.add(address.host());
      others.add(address);
    }
    others.remove(endpoint.address());
    inOneProcess = here;
    addresses = Map.copyOf(everybody);
    if (here || hosts.size() > 1) {
      sharing.decideAgainst();
    } else if (nodes.containsKey(0)) {
      sharing.offer(endpoint, others, maxWait);
    }
  }

  /**
   * Replaces a node's values by the sum of all nodes' values, in place; the same bits at every
   * node.
   *
   * @return payload bytes that this node sent, in memory or not: {@code 2(n−1)/n · 8 · length} if n
   *     divides the length
   * @throws AllReduceException if another node does not take part within the bound, or the
   *     connection to the next one is lost
   */
  public long sum(int node, double[] values) throws InterruptedException {
    return sum(node, new Vector.Doubles(values), null);
  }

  /** Like {@link #sum(int, double[])} with 4 bytes a value. */
  public long sum(int node, float[] values) throws InterruptedException {
    return sum(node, new Vector.Floats(values), null);
  }

  /**
   * Like {@link #sum(int, double[])}, but all nodes get what {@code completion} makes of the sums:
   * a reduce-scatter, something done with each part where it is, and an all-gather.
   */
  public long sum(int node, double[] values, Completion completion) throws InterruptedException {
    return sum(node, new Vector.Doubles(values), completion);
  }

  /**
   * Tells the other nodes that this task's nodes will not take part any more, so that they need not
   * wait for them. To be called before {@link #close} by a task that fails.
   */
  public void fail(Throwable reason) {
    ring.fail(reason);
    sharing.leave(nodes.keySet());
  }

  private long sum(int node, Vector vector, @Nullable Completion completion)
      throws InterruptedException {
    RingNode self = nodes.get(node);
    if (self == null) {
      throw new IllegalArgumentException(this + ": node " + node + " is not hosted here");
    }
    if (addresses.isEmpty()) {
      throw new IllegalStateException(this + ": connect() comes first");
    }
    HostMemory memory = sharing.await(node, maxWait);
    if (memory != null) {
      return memoryNodes
          .computeIfAbsent(node, n -> new MemoryNode(toString(), memory, n, maxWait))
          .sum(vector, completion);
    }
    RingPlan plan = plan(vector.length(), vector.valueBytes());
    List<Piece> waited = new ArrayList<>();
    Turn turn = self.begin(plan, vector, completion, waited);
    if (!waited.isEmpty()) {
      ring.offer(waited);
    }
    if (plan.numHops() > 0) {
      // Chunk i starts at node i.
      for (int piece = 0; piece < plan.numPieces(node); piece++) {
        carry(passOn(self, turn, node, piece, 1));
      }
    } else if (completion != null) {
      completion.completed(0, vector.length());
    }
    await(self, turn);
    self.end();
    return plan.numValuesSent(node) * vector.valueBytes();
  }

  private RingPlan plan(int length, int valueBytes) {
    int bytes = inOneProcess ? LOCAL_PIECE_BYTES : REMOTE_PIECE_BYTES;
    return new RingPlan(numNodes, length, bytes / valueBytes);
  }

  private void await(RingNode self, Turn turn) throws InterruptedException {
    int left = turn.numLeft();
    long deadline = System.nanoTime() + maxWait.toNanos();
    while (!turn.isDone()) {
      Throwable failure = turn.failure() != null ? turn.failure() : ring.failure();
      if (failure != null) {
        throw new AllReduceException(
            String.format(
                "%s: node %d failed in all-reduce %d: %s",
                this, self.node, turn.sequence, failure.getMessage()),
            failure);
      }
      Piece piece = ring.poll();
      if (piece != null) {
        carry(piece);
        continue;
      }
      long nanos = deadline - System.nanoTime();
      if (nanos <= 0) {
        // As long as pieces come and go, nobody is waited for in vain.
        if (turn.numLeft() == left) {
          throw timeout(self, turn);
        }
        left = turn.numLeft();
        nanos = maxWait.toNanos();
        deadline = System.nanoTime() + nanos;
      }
      LockSupport.parkNanos(this, nanos);
      if (Thread.interrupted()) {
        turn.fail(new InterruptedException(this + ": interrupted"));
        throw new InterruptedException(this + ": node " + self.node + " was interrupted");
      }
    }
  }

  private AllReduceException timeout(RingNode self, Turn turn) {
    int missing = turn.numToReceive();
    String whom =
        missing > 0
            ? String.format(
                "node %d before it, from which %d pieces have not come",
                Math.floorMod(self.node - 1, numNodes), missing)
            : String.format("node %d after it to read", (self.node + 1) % numNodes);
    AllReduceException late =
        new AllReduceException(
            String.format(
                "%s: node %d waited %d ms in all-reduce %d for %s",
                this, self.node, maxWait.toMillis(), turn.sequence, whom),
            null);
    turn.fail(late);
    return late;
  }

  /** Brings a piece to the node of its hop and on, as far as nodes are here and have begun. */
  private void carry(@Nullable Piece piece) {
    while (piece != null) {
      RingNode to = ring.find(Math.floorMod(piece.chunk() + piece.hop(), numNodes));
      if (to == null) {
        throw new IllegalStateException(this + ": a node has gone while pieces were on their way");
      }
      Turn turn = to.turn(piece.sequence());
      if (turn == null) {
        turn = to.turnOrKeep(piece);
      }
      piece = turn == null ? null : take(to, turn, piece);
    }
  }

  /** Adds or takes over the values; what goes on in this process, or null. */
  private @Nullable Piece take(RingNode to, Turn turn, Piece piece) {
    RingPlan plan = turn.plan;
    boolean sum = plan.isSum(piece.hop());
    int begin = plan.begin(piece.chunk(), piece.piece());
    Turn from = piece.from();
    try {
      checkSame(turn.vector, piece.length(), piece.valueBytes());
      if (from != null) {
        int end = plan.end(piece.chunk(), piece.piece());
        if (sum) {
          turn.vector.add(from.vector, begin, end);
        } else {
          turn.vector.copy(from.vector, begin, end);
        }
      } else if (piece.bytes() != null) {
        if (sum) {
          turn.vector.add(begin, piece.bytes());
        } else {
          turn.vector.put(begin, piece.bytes());
        }
      }
      turn.arrived(piece.chunk(), piece.piece(), piece.hop());
    } catch (RuntimeException e) {
      turn.fail(e);
      if (from != null) {
        from.fail(e);
      }
      return null;
    }
    if (from != null) {
      from.delivered();
    }
    Piece next = passOn(to, turn, piece.chunk(), piece.piece(), piece.hop() + 1);
    turn.received();
    return next;
  }

  /** Sends a piece from a node to the next one; if that is in this process, returns it instead. */
  private @Nullable Piece passOn(RingNode from, Turn turn, int chunk, int piece, int hop) {
    RingPlan plan = turn.plan;
    if (hop > plan.numHops()) {
      return null;
    }
    int next = plan.node(chunk, hop);
    if (ring.find(next) != null) {
      return Piece.of(turn, chunk, piece, hop);
    }
    Address peer = addresses.get(next);
    if (peer == null) {
      turn.fail(new IllegalStateException("node " + next + " is nowhere"));
      return null;
    }
    Vector vector = turn.vector;
    PieceHeader header =
        new PieceHeader(
            runId, turn.sequence, chunk, piece, hop, vector.length(), vector.valueBytes());
    String what =
        "node " + from.node + "'s piece for node " + next + " in all-reduce " + turn.sequence;
    CompletableFuture<Void> unused =
        from.host
            .endpoint
            .upload(
                peer,
                what,
                header.encode(),
                new VectorSource(vector, plan.begin(chunk, piece), plan.end(chunk, piece)),
                maxWait)
            .whenComplete(
                (nothing, failure) -> {
                  if (failure == null) {
                    turn.delivered();
                  } else {
                    turn.fail(failure);
                  }
                });
    return null;
  }

  private void checkSame(Vector own, int length, int valueBytes) {
    if (own.length() != length || own.valueBytes() != valueBytes) {
      throw new IllegalArgumentException(
          String.format(
              "%s: one node adds up %d values of %d bytes, another %d of %d",
              this, own.length(), own.valueBytes(), length, valueBytes));
    }
  }

  @Override
  public void close() {
    sharing.leave(nodes.keySet());
    sharing.close();
    IllegalStateException closed = new IllegalStateException(this + " was closed");
    for (RingNode node : nodes.values()) {
      process.remove(runId, node);
      Turn turn = node.currentTurn();
      if (turn != null && !turn.isDone()) {
        turn.fail(closed);
      }
    }
    endpoint.close();
  }

  @Override
  public String toString() {
    return "run " + runId;
  }

  /** Takes pieces from other processes; on event loops. */
  private final class Pieces implements RequestHandler {
    @Override
    public void handle(ByteBuffer request, Reply reply) {
      sharing.handle(SharingMessage.decode(request), reply);
    }

    @Override
    public UploadSink upload(ByteBuffer bytes) {
      PieceHeader header = PieceHeader.decode(bytes);
      RingNode to = nodes.get(Math.floorMod(header.chunk() + header.hop(), numNodes));
      if (!header.runId().equals(runId) || to == null) {
        throw new IllegalArgumentException(
            String.format(
                "here is run %s with nodes %s, the piece is for run %s",
                runId, nodes.keySet(), header.runId()));
      }
      RingPlan plan = plan(header.length(), header.valueBytes());
      if (header.chunk() < 0
          || header.chunk() >= numNodes
          || header.hop() < 1
          || header.hop() > plan.numHops()
          || header.piece() < 0
          || header.piece() >= plan.numPieces(header.chunk())) {
        throw new IllegalArgumentException("no such piece: " + header);
      }
      Turn turn = to.turn(header.sequence());
      if (turn != null) {
        try {
          checkSame(turn.vector, header.length(), header.valueBytes());
        } catch (IllegalArgumentException e) {
          turn.fail(e);
          throw e;
        }
      }
      int begin = plan.begin(header.chunk(), header.piece());
      int end = plan.end(header.chunk(), header.piece());
      Consumer<@Nullable ByteBuffer> whenComplete = kept -> arrived(to, turn, header, kept);
      Consumer<@Nullable Throwable> whenFailed = cause -> lost(to, header, cause);
      return turn == null
          ? PieceSink.keeping((end - begin) * header.valueBytes(), whenComplete, whenFailed)
          : PieceSink.into(
              new VectorSink(turn.vector, plan.isSum(header.hop()), begin, end),
              whenComplete,
              whenFailed);
    }

    private void arrived(
        RingNode to, @Nullable Turn turn, PieceHeader header, @Nullable ByteBuffer kept) {
      if (turn != null) {
        try {
          turn.arrived(header.chunk(), header.piece(), header.hop());
        } catch (RuntimeException e) {
          turn.fail(e);
          return;
        }
        Piece next = passOn(to, turn, header.chunk(), header.piece(), header.hop() + 1);
        turn.received();
        carry(next);
      } else if (kept != null) {
        carry(Piece.of(header, kept));
      }
    }

    private void lost(RingNode to, PieceHeader header, @Nullable Throwable cause) {
      Turn turn = to.turn(header.sequence());
      if (turn != null) {
        int before = Math.floorMod(to.node - 1, numNodes);
        turn.fail(
            new IllegalStateException(
                "the connection from node " + before + " was lost inside a piece", cause));
      }
    }
  }
}
