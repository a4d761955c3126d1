package dev.triptych.gossip.train;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.timeline.Activity;
import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.training.DivergenceRule;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.gossip.algorithm.Mixing;
import dev.triptych.gossip.algorithm.NodeState;
import dev.triptych.gossip.algorithm.RoundAlgorithm;
import dev.triptych.gossip.exchange.Exchange;
import dev.triptych.gossip.exchange.RoundTimeoutException;
import dev.triptych.gossip.membership.Complaint;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.gossip.membership.MembershipEpochs;
import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.spark.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One node's rounds of a segment; in each epoch used by one thread. */
final class NodeRounds {
  private final Segment segment;
  private final RunSettings run;
  private final RoundAlgorithm algorithm;
  private final Worker worker;
  private final int node;
  private final BatchSampler sampler;
  private final Pacer pacer;
  private final double[] gradient;
  private final SnapshotSchedule<NodeSnapshot> snapshots;
  private NodeState state;
  private long round = MembershipEpochs.NEW;
  private long since = NodeEnd.NEVER;
  private volatile long sentRound = -1;
  private @Nullable Complaint complaint;
  private @Nullable Long divergedAt;
  private long startNanos;
  private final SpanRecorder recorder = new SpanRecorder();
  // From the first epoch's start to the last one's end.
  private double seconds;
  private long waitNanos;
  private long batches;
  private long bytesSent;
  private long bytesReceived;

  NodeRounds(Segment segment, Worker worker) {
    this.segment = segment;
    this.run = segment.run();
    this.algorithm = segment.algorithm();
    this.worker = worker;
    this.node = worker.index();
    int numParameters = segment.objective().model().numParameters();
    // A copy: tasks in one process share the broadcast's array.
    this.state =
        segment.states() == null
            ? new NodeState(
                node,
                segment.objective().initialWeights(run.seed()).toArray(numParameters),
                run.optimizer())
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

  /** Rounds done, or {@link MembershipEpochs#NEW} before its weights belong to the run. */
  long round() {
    return round;
  }

  /** The last round whose message was sent, −1 if none; for any thread. */
  long sentRound() {
    return sentRound;
  }

  /** Who was waited for in vain in the last epoch, or null. */
  @Nullable Complaint complaint() {
    return complaint;
  }

  /** The update at which divergence was seen, as far as this node knows, or null. */
  @Nullable Long divergedAt() {
    return divergedAt;
  }

  /** Runs an epoch's rounds until they end, or the exchange is halted, or divergence is seen. */
  void run(EpochRun epochRun) throws InterruptedException {
    if (startNanos == 0) {
      startNanos = System.nanoTime();
    }
    complaint = null;
    try {
      if (begin(epochRun)) {
        record(Activity.COMPUTING);
        while (round < segment.endRound() && round(epochRun)) {
          round++;
          if (round == segment.endRound() || snapshots.isDue(round)) {
            keepSnapshot(round);
          }
        }
      }
    } catch (RoundTimeoutException e) {
      complaint = new Complaint(node, e.round(), e.missing());
      epochRun.exchange().halt();
    }
    divergedAt = epochRun.exchange().stoppedAt(node);
    record(Activity.WAITING);
    seconds = secondsSinceStart();
  }

  /** Comes to the epoch's first round, with another node's weights if it has none. */
  private boolean begin(EpochRun epochRun) throws InterruptedException {
    Epoch epoch = epochRun.epoch();
    Exchange exchange = epochRun.exchange();
    if (epoch.hasDonors()) {
      bytesSent += exchange.send(node, epoch.firstRound() - 1, new DenseDouble(state.weights()));
      Message[] heard = exchange.receive(node);
      if (heard == null) {
        return false;
      }
      if (heard.length == 1) {
        bytesReceived += heard[0].payloadBytes();
        state = new NodeState(node, heard[0].values(), run.optimizer());
      }
    }
    boolean allBegin = round == MembershipEpochs.NEW && !epoch.hasDonors();
    if (!allBegin) {
      state.restart(epoch.firstRound());
    }
    if (round == MembershipEpochs.NEW) {
      since = epoch.firstRound();
    }
    round = epoch.firstRound();
    if (allBegin && round == 0) {
      keepSnapshot(0);
    }
    return true;
  }

  /**
   * What the node did.
   *
   * @param finished whether all members have done all rounds; who skipped the last because others
   *     were further then has these weights at the end
   */
  List<SegmentPart> parts(boolean finished) {
    boolean tookPart = round != MembershipEpochs.NEW;
    if (finished && tookPart && round < segment.endRound()) {
      keepSnapshot(segment.endRound(), seconds);
    }
    recorder.end(Math.round(seconds * 1e9));
    List<SegmentPart> parts = new ArrayList<>(snapshots.kept());
    parts.add(
        new NodeEnd(
            node,
            since,
            batches,
            seconds,
            pacer.busySeconds(),
            waitNanos / 1e9,
            bytesSent,
            bytesReceived,
            divergedAt,
            recorder,
            segment.returnStates() && tookPart ? state : null));
    return parts;
  }

  /** One round; false if the epoch is over, or some node saw divergence. */
  private boolean round(EpochRun epochRun) throws InterruptedException {
    Exchange exchange = epochRun.exchange();
    double stepSize = run.stepSize().at(round * segment.epochsPerRound());
    Message own = null;
    if (algorithm.sendsBeforeGradient()) {
      own = algorithm.message(state, gradient, stepSize);
      send(exchange, own);
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
    if (!DivergenceRule.isFinite(gradient)) {
      exchange.stop(node, round + 1);
      return false;
    }
    if (own == null) {
      own = algorithm.message(state, gradient, stepSize);
      send(exchange, own);
    }
    MixingMatrix mixing = epochRun.mixing().at(round);
    Message[] messages = receive(exchange, mixing, own);
    if (messages == null) {
      return false;
    }
    batches++;
    double[] mixed = Mixing.mix(mixing.weights(node), messages);
    algorithm.finish(state, mixed, gradient, stepSize);
    if (!DivergenceRule.isFinite(state.weights())) {
      exchange.stop(node, round + 1);
      return false;
    }
    return true;
  }

  private void send(Exchange exchange, Message message) throws InterruptedException {
    record(Activity.COMMUNICATING);
    bytesSent += exchange.send(node, round, message);
    record(Activity.COMPUTING);
    sentRound = round;
  }

  /** The messages of all nodes in this node's row of W(t), its own included, ascending. */
  private Message @Nullable [] receive(Exchange exchange, MixingMatrix mixing, Message own)
      throws InterruptedException {
    long begin = System.nanoTime();
    recorder.to(Activity.WAITING, begin - startNanos);
    Message[] heard = exchange.receive(node);
    long end = System.nanoTime();
    recorder.to(Activity.COMPUTING, end - startNanos);
    waitNanos += end - begin;
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

  private void keepSnapshot(long rounds) {
    keepSnapshot(rounds, secondsSinceStart());
  }

  /** Keeps the weights themselves: no algorithm changes them in place. */
  private void keepSnapshot(long rounds, double at) {
    snapshots.keep(rounds, new NodeSnapshot(node, rounds, at, bytesSent, state.weights()));
  }

  private void record(Activity activity) {
    recorder.to(activity, System.nanoTime() - startNanos);
  }

  private double secondsSinceStart() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
