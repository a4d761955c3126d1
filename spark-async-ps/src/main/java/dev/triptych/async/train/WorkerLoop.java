package dev.triptych.async.train;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterClient;
import dev.triptych.async.client.Pulled;
import dev.triptych.async.shard.Progress;
import dev.triptych.core.timeline.Activity;
import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.spark.worker.HostClock;
import dev.triptych.spark.worker.Pacer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One worker's life: ask where to continue, pull, then gradient after gradient, each push asking
 * for the weights of the next step in the same message. While they are under way the worker
 * prepares the step after that.
 */
final class WorkerLoop {
  private final int worker;
  private final ParameterClient client;
  private final StepGradients gradients;
  private final Pacer pacer;
  private final int pushEvery;
  private long prepareNanos;
  private long waitNanos;
  private final SpanRecorder recorder = new SpanRecorder(SpanRecorder.MAX_SPLIT_SPANS);
  private long zero;
  private boolean begun;

  /**
   * @param pushEvery mini-batches behind every gradient
   */
  WorkerLoop(
      int worker, ParameterClient client, StepGradients gradients, Pacer pacer, int pushEvery) {
    this.worker = worker;
    this.client = client;
    this.gradients = gradients;
    this.pacer = pacer;
    this.pushEvery = pushEvery;
  }

  /**
   * Works until the servers say that the run is done.
   *
   * @param again whether another attempt may have worked before
   */
  WorkerEnd run(boolean again) throws InterruptedException {
    long numPushes = 0;
    long step = await(client.hello());
    gradients.prepare(step);
    gradients.advance();
    Pulled pulled = await(client.pull(step, gradients.keys(), gradients.weights()), step + 1);
    zero = HostClock.nanos();
    begun = true;
    while (pulled.progress() == Progress.RUNNING) {
      long start = System.nanoTime();
      record(Activity.COMPUTING);
      int @Nullable [] keys = gradients.keys();
      double[] gradient = gradients.compute();
      gradients.advance();
      pacer.finish(step * pushEvery, pushEvery, start);
      record(Activity.COMMUNICATING);
      pulled =
          await(
              client.pushPull(
                  step,
                  pulled.versions(),
                  gradients.numExamples(),
                  keys,
                  gradient,
                  gradients.keys(),
                  gradients.weights()),
              step + 2);
      step++;
      numPushes++;
    }
    recorder.end(HostClock.nanos() - zero);
    return new WorkerEnd(
        new WorkerActivity(
            worker,
            numPushes * pushEvery,
            pacer.busySeconds() + prepareNanos / 1e9,
            waitNanos / 1e9),
        recorder,
        zero,
        again);
  }

  private void record(Activity activity) {
    if (begun) {
      recorder.to(activity, HostClock.nanos() - zero);
    }
  }

  /** Prepares a step while its predecessor's weights are under way. */
  private Pulled await(CompletableFuture<Pulled> weights, long next) throws InterruptedException {
    long start = System.nanoTime();
    record(Activity.COMPUTING);
    gradients.prepare(next);
    record(Activity.COMMUNICATING);
    prepareNanos += System.nanoTime() - start;
    return await(weights);
  }

  private <A> A await(CompletableFuture<A> future) throws InterruptedException {
    long start = System.nanoTime();
    try {
      return DriverClient.join(future);
    } finally {
      waitNanos += System.nanoTime() - start;
    }
  }
}
