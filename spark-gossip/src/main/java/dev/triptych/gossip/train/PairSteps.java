package dev.triptych.gossip.train;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.timeline.Activity;
import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.training.DivergenceRule;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StalenessHistogram;
import dev.triptych.gossip.exchange.BudgetClient;
import dev.triptych.gossip.exchange.PairHost;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.spark.worker.Worker;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One node's steps of AD-PSGD, on its own thread: start an average, compute a gradient at the
 * weights of now, wait for the average, apply the gradient to whatever the weights have become.
 */
final class PairSteps {
  private static final long ASKING_NANOS = 2_000;

  private final PairSegment segment;
  private final RunSettings run;
  private final Worker worker;
  private final int node;
  private final PairHost host;
  private final BudgetClient budget;
  private final StepClaims claims;
  private final OptimizerState optimizerState;
  private final BatchSampler sampler;
  private final Pacer pacer;
  private final double[] weights;
  private final double[] gradient;
  private final StalenessHistogram staleness = new StalenessHistogram();
  private long waitNanos;
  private long batches;
  private long steps;
  private double seconds;
  private final SpanRecorder recorder = new SpanRecorder();
  private long zero;
  private @Nullable Long divergedAt;

  /**
   * @param firstStep steps that the node did before
   * @param progressed hears of the steps that all nodes were granted
   */
  PairSteps(
      PairSegment segment,
      Worker worker,
      PairHost host,
      BudgetClient budget,
      long firstStep,
      LongConsumer progressed) {
    this.segment = segment;
    this.run = segment.run();
    this.worker = worker;
    this.node = worker.index();
    this.host = host;
    this.budget = budget;
    int numNodes = run.numWorkers();
    // All nodes together claim no more at once than lies between three snapshots.
    long mostWanted = Math.min(1024, Math.max(1, 2 * segment.snapshotInterval() / numNodes));
    this.claims =
        new StepClaims(budget, node, segment.limit(), 0.5 / numNodes, (int) mostWanted, progressed);
    int numParameters = segment.objective().model().numParameters();
    this.optimizerState =
        segment.states() == null
            ? run.optimizer().newState(numParameters)
            : segment.states().value()[node].optimizerState.copy();
    this.steps = firstStep;
    this.sampler = new BatchSampler(worker.block().numRows(), run.batchSize(), run.seed(), node);
    this.pacer = new Pacer(run.stragglers(), node);
    this.weights = new double[numParameters];
    this.gradient = new double[numParameters];
  }

  /** 0-based. */
  int node() {
    return node;
  }

  /**
   * Does steps until all nodes together have done enough.
   *
   * @param startNanos {@link System#nanoTime} when the run began
   */
  void run(long startNanos) throws InterruptedException {
    zero = startNanos;
    for (long step = claim(); step >= 0; step = claim()) {
      if (!step(step)) {
        var unused = budget.diverge(node);
        break;
      }
    }
    long ended = System.nanoTime() - startNanos;
    recorder.end(ended);
    seconds = ended / 1e9;
  }

  private long claim() throws InterruptedException {
    long begin = System.nanoTime();
    long step = claims.next();
    long end = System.nanoTime();
    // Only the steps of a new grant are waited for.
    if (end - begin > ASKING_NANOS) {
      recorder.to(Activity.COMMUNICATING, begin - zero);
    }
    recorder.to(Activity.COMPUTING, end - zero);
    waitNanos += end - begin;
    return step;
  }

  /** One step; false if a number is none. */
  private boolean step(long step) throws InterruptedException {
    host.start();
    long averagesBefore = host.read(weights);
    long begin = System.nanoTime();
    int from = sampler.seek(step);
    segment
        .objective()
        .batchGradient(
            worker.block(), sampler.rows(), from, from + sampler.batchSize(), weights, gradient);
    pacer.finish(step, begin);
    long computed = System.nanoTime();
    recorder.to(Activity.WAITING, computed - zero);
    host.awaitAverage(run.maxWait());
    long averaged = System.nanoTime();
    recorder.to(Activity.COMPUTING, averaged - zero);
    waitNanos += averaged - computed;
    double stepSize = run.stepSize().at(claims.progress() * segment.epochsPerStep());
    boolean[] finite = {true};
    long averages =
        host.step(
            current -> {
              run.optimizer().apply(current, gradient, stepSize, optimizerState);
              finite[0] = DivergenceRule.isFinite(current);
            });
    staleness.add(averages - averagesBefore);
    batches++;
    steps = step + 1;
    if (!finite[0]) {
      divergedAt = claims.progress() + 1;
    }
    return finite[0];
  }

  /**
   * What it did, when nobody averages any more.
   *
   * @param attempt of its task
   */
  PairEnd end(int attempt) {
    long numBytes = (long) weights.length * Double.BYTES;
    NodeEnd end =
        new NodeEnd(
            node,
            0,
            batches,
            seconds,
            pacer.busySeconds(),
            waitNanos / 1e9,
            host.vectorsSent() * numBytes,
            host.vectorsReceived() * numBytes,
            divergedAt,
            recorder,
            null);
    host.read(weights);
    return new PairEnd(
        end,
        attempt,
        host.numStarted(),
        staleness,
        host.everGone(),
        segment.returnStates() ? new PairState(weights, optimizerState, steps) : null);
  }
}
