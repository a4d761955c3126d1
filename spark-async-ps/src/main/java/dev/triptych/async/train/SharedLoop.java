package dev.triptych.async.train;

import dev.triptych.async.memory.SharedStep;
import dev.triptych.async.memory.WorkerProgress;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.timeline.Activity;
import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.spark.worker.Pacer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One worker's life in shared memory: mini-batch after mini-batch, each reading the shared weights
 * and then changing them. What is shared beyond the weights is looked at once in {@value
 * #EXAMPLES_PER_CLAIM} examples or so; that is also how often staleness is counted.
 */
final class SharedLoop {
  static final int EXAMPLES_PER_CLAIM = 256;
  private static final long COURTESY_NANOS = 50_000_000;

  private final int worker;
  private final SharedRun shared;
  private final WorkerProgress progress;
  private final SharedStep steps;
  private final StepSize stepSize;
  private final TurnLock.@Nullable Entry lock;
  private final @Nullable Pacer pacer;
  private final double numRows;
  private long waitNanos;
  private long courtesyNanos;
  private final SpanRecorder recorder = new SpanRecorder();
  // When all workers had come, on the recorder's clock.
  private long zero;

  /**
   * @param pacer makes mini-batches slower, or null
   * @param numRows n
   */
  SharedLoop(
      int worker,
      SharedRun shared,
      SharedStep steps,
      StepSize stepSize,
      @Nullable Pacer pacer,
      double numRows) {
    this.worker = worker;
    this.shared = shared;
    this.progress = shared.progress();
    this.steps = steps;
    this.stepSize = stepSize;
    TurnLock turns = shared.lock();
    this.lock = turns == null ? null : turns.entry();
    this.pacer = pacer;
    this.numRows = numRows;
  }

  /** Works until the budget is used up or a number is not finite. */
  WorkerEnd run() throws InterruptedException {
    long start = System.nanoTime();
    shared.enter(worker);
    waitNanos = System.nanoTime() - start;
    start = System.nanoTime();
    zero = start;
    recorder.to(Activity.COMPUTING, 0);
    long waitedBefore = waitNanos;
    int batch = steps.batchSize();
    long wanted = Math.max(1, EXAMPLES_PER_CLAIM / batch);
    long first = progress.stepsOf(worker);
    long done = first;
    for (long claim = shared.claim(worker, wanted);
        claim > 0;
        claim = shared.claim(worker, wanted)) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      long examplesOfOthers = shared.numExamples() - done * batch;
      long updatesOfOthers = progress.total() - done;
      long end = done + claim;
      while (done < end) {
        double epochs = (examplesOfOthers + done * batch) / numRows;
        if (!step(done, stepSize.at(epochs))) {
          shared.diverged();
          end = done;
        } else {
          done++;
          progress.setRelease(worker, done);
          if (updatesOfOthers >= 0) {
            shared.countStaleness(worker, Math.max(0, progress.total() - done - updatesOfOthers));
            updatesOfOthers = -1;
          }
        }
      }
      shared.keepSnapshotIfDue();
      if (pacer == null) {
        giveWay(claim, done, start);
      }
    }
    shared.leave();
    double computeSeconds =
        pacer == null
            ? (System.nanoTime() - start - (waitNanos - waitedBefore)) / 1e9
            : pacer.busySeconds();
    recorder.end(System.nanoTime() - zero);
    return new WorkerEnd(
        new WorkerActivity(worker, done - first, computeSeconds, waitNanos / 1e9),
        recorder,
        0,
        false);
  }

  /**
   * Lets the processor go to a worker that is a whole claim behind, because it was not given one
   * yet or lost it: in a short run one worker would else do nearly everything. Costs a worker
   * {@value #COURTESY_NANOS} ns and a hundredth of its time at most, so nobody waits for a worker
   * that is slow by itself.
   *
   * @param claim mini-batches of the last claim
   */
  private void giveWay(long claim, long done, long begun) {
    long start = System.nanoTime();
    long now = start;
    int looks = 0;
    while (done - progress.least() >= claim
        && courtesyNanos + now - start < COURTESY_NANOS + (now - begun) / 100) {
      if (++looks < 32) {
        Thread.yield();
      } else {
        LockSupport.parkNanos(50_000);
      }
      now = System.nanoTime();
    }
    courtesyNanos += now - start;
    waited(now - start, now);
  }

  /** The worker had to wait for so long and goes on now. */
  private void waited(long nanos) {
    if (nanos > 0) {
      waited(nanos, System.nanoTime());
    }
  }

  private void waited(long nanos, long now) {
    waitNanos += nanos;
    recorder.to(Activity.WAITING, now - nanos - zero);
    recorder.to(Activity.COMPUTING, now - zero);
  }

  private boolean step(long step, double alpha) throws InterruptedException {
    long start = pacer == null ? 0 : System.nanoTime();
    boolean finite = read(step);
    if (pacer != null) {
      pacer.finish(step, start);
    }
    if (finite) {
      write(alpha);
    }
    return finite;
  }

  private boolean read(long step) throws InterruptedException {
    if (lock == null) {
      return steps.read(step);
    }
    waited(lock.acquire());
    try {
      return steps.read(step);
    } finally {
      lock.release();
    }
  }

  private void write(double alpha) throws InterruptedException {
    if (lock == null) {
      steps.write(alpha);
      return;
    }
    waited(lock.acquire());
    try {
      steps.write(alpha);
    } finally {
      lock.release();
    }
  }
}
