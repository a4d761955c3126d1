package dev.triptych.gossip.train;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.gossip.algorithm.Mixing;
import dev.triptych.gossip.algorithm.NodeState;
import dev.triptych.gossip.algorithm.RoundAlgorithm;
import dev.triptych.gossip.exchange.Exchange;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.spark.control.RunControlClient;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.spark.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One node's rounds of a segment, on its own thread. */
final class NodeRounds {
  private static final long REPORT_INTERVAL_NANOS = 100_000_000L;

  private final Segment segment;
  private final RunSettings run;
  private final RoundAlgorithm algorithm;
  private final Worker worker;
  private final int node;
  private final Exchange exchange;
  private final RunControlClient control;
  private final NodeState state;
  private final BatchSampler sampler;
  private final Pacer pacer;
  private final double[] gradient;
  private final SnapshotSchedule<NodeSnapshot> snapshots;
  private long startNanos;
  private long waitNanos;
  private long reportedNanos;
  private long batches;
  private long bytesSent;
  private long bytesReceived;

  NodeRounds(Segment segment, Worker worker, Exchange exchange, RunControlClient control) {
    this.segment = segment;
    this.run = segment.run();
    this.algorithm = segment.algorithm();
    this.worker = worker;
    this.node = worker.index();
    this.exchange = exchange;
    this.control = control;
    int numParameters = segment.objective().model().numParameters();
    // A copy: tasks in one process share the broadcast's array.
    this.state =
        segment.states() == null
            ? new NodeState(node, numParameters, run.optimizer())
            : segment.states().value()[node].copy();
    this.sampler = new BatchSampler(worker.block().numRows(), run.batchSize(), run.seed(), node);
    this.pacer = new Pacer(run.stragglers(), node);
    this.gradient = new double[numParameters];
    this.snapshots = new SnapshotSchedule<>(segment.snapshotInterval(), segment.maxSnapshots());
  }

  /** 0-based. */
  int node() {
    return node;
  }

  /**
   * Runs the rounds until the segment ends or divergence is seen.
   *
   * @param start {@link System#nanoTime} when all nodes were ready
   */
  List<SegmentPart> run(long start) throws InterruptedException {
    startNanos = start;
    reportedNanos = start;
    if (segment.firstRound() == 0) {
      keepSnapshot(0);
    }
    for (long round = segment.firstRound(); round < segment.endRound(); round++) {
      if (!round(round)) {
        break;
      }
      long done = round + 1;
      if (done == segment.endRound() || snapshots.isDue(done)) {
        keepSnapshot(done);
      }
      report(done);
    }
    List<SegmentPart> parts = new ArrayList<>(snapshots.kept());
    parts.add(
        new NodeEnd(
            node,
            batches,
            secondsSinceStart(),
            pacer.busySeconds(),
            waitNanos / 1e9,
            bytesSent,
            bytesReceived,
            exchange.stoppedAt(node),
            segment.returnStates() ? state : null));
    return parts;
  }

  /** One round; false if the run stops because some node saw divergence. */
  private boolean round(long round) throws InterruptedException {
    double stepSize = run.stepSize().at(round * segment.epochsPerRound());
    Message own = null;
    if (algorithm.sendsBeforeGradient()) {
      own = algorithm.message(state, gradient, stepSize);
      bytesSent += exchange.send(node, round, own);
    }
    long begin = System.nanoTime();
    int from = sampler.seek(round);
    segment
        .objective()
        .batchGradient(
            worker.block(),
            sampler.rows(),
            from,
            from + sampler.batchSize(),
            state.weights(),
            gradient);
    pacer.finish(round, begin);
    if (!isFinite(gradient)) {
      exchange.stop(node, round + 1);
      return false;
    }
    if (own == null) {
      own = algorithm.message(state, gradient, stepSize);
      bytesSent += exchange.send(node, round, own);
    }
    MixingMatrix mixing = segment.mixing().at(round);
    Message[] messages = receive(mixing, own);
    if (messages == null) {
      return false;
    }
    batches++;
    double[] mixed = Mixing.mix(mixing.weights(node), messages);
    algorithm.finish(state, mixed, gradient, stepSize);
    if (!isFinite(state.weights())) {
      exchange.stop(node, round + 1);
      return false;
    }
    return true;
  }

  /** The messages of all nodes in this node's row of W(t), its own included, ascending. */
  private Message @Nullable [] receive(MixingMatrix mixing, Message own)
      throws InterruptedException {
    long begin = System.nanoTime();
    Message[] heard = exchange.receive(node);
    waitNanos += System.nanoTime() - begin;
    if (heard == null) {
      return null;
    }
    for (Message message : heard) {
      bytesReceived += message.payloadBytes();
    }
    int[] sources = mixing.sources(node);
    Message[] messages = new Message[sources.length];
    int next = 0;
    for (int k = 0; k < sources.length; k++) {
      messages[k] = sources[k] == node ? own : heard[next++];
    }
    return messages;
  }

  /** Keeps the weights themselves: no algorithm changes them in place. */
  private void keepSnapshot(long rounds) {
    snapshots.keep(
        rounds, new NodeSnapshot(node, rounds, secondsSinceStart(), bytesSent, state.weights()));
  }

  private double secondsSinceStart() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private void report(long rounds) {
    long now = System.nanoTime();
    if (now - reportedNanos > REPORT_INTERVAL_NANOS) {
      reportedNanos = now;
      control.report(node, rounds);
    }
  }

  private static boolean isFinite(double[] vector) {
    double sum = 0;
    for (double v : vector) {
      sum += v * 0;
    }
    return sum == 0;
  }
}
