package dev.triptych.async.api;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterClient;
import dev.triptych.async.client.ParameterServerException;
import dev.triptych.async.client.Pulled;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.store.Gradient;
import dev.triptych.spark.transport.Endpoint;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One worker in a loop of one's own: pull weights, push gradients. What makes every push count once
 * is kept here: a task that is retried continues at {@link #clock}, and a lost connection is made
 * again.
 *
 * <p>Keys are ascending parameter numbers, null for all parameters. Calls are carried out in the
 * order they are made, one after the other; the futures of {@code …Async} need not be waited for.
 * The first pull waits until all N workers have asked. Arrays of a call belong to the client until
 * its future is done. For one thread.
 *
 * <p>Failures are {@link ParameterServerException}s that name request, worker and shard; also when
 * a wait takes longer than the bound.
 */
public final class WorkerClient implements AutoCloseable {
  private final Endpoint endpoint;
  private final ParameterClient client;
  private final int worker;
  private final int numParameters;
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
  private long clock;
  private boolean hasPulled;
  // Written in the order of the calls, each after the one before is done.
  private volatile long[] versions = new long[0];

  private WorkerClient(Endpoint endpoint, ParameterClient client, int worker, int numParameters) {
    this.endpoint = endpoint;
    this.client = client;
    this.worker = worker;
    this.numParameters = numParameters;
  }

  static WorkerClient connect(RunHandle handle, int worker, long attempt) {
    Endpoint endpoint =
        Endpoint.open(
            "worker " + worker, 1, (request, reply) -> reply.failure("a worker serves nobody"));
    try {
      ParameterClient client =
          new ParameterClient(endpoint, handle.location(), worker, attempt, handle.maxWait());
      WorkerClient connected =
          new WorkerClient(endpoint, client, worker, handle.location().numParameters());
      connected.clock = join(client.hello());
      return connected;
    } catch (Throwable t) {
      endpoint.close();
      throw t;
    }
  }

  /** This worker's clock: gradients pushed so far, those of earlier attempts included. */
  public long clock() {
    return clock;
  }

  /** All weights, for the step of this clock. */
  public double[] pull() {
    return join(pullAsync(null));
  }

  /** The weights of some parameters, in the order of the keys. */
  public double[] pull(int @Nullable [] keys) {
    return join(pullAsync(keys));
  }

  /** Pushes the gradient of this step, of all parameters; the clock ticks. */
  public void push(double[] gradient) {
    join(pushAsync(null, gradient));
  }

  /** Pushes the gradient of this step, of some parameters; the clock ticks. */
  public void push(int @Nullable [] keys, double[] gradient) {
    join(pushAsync(keys, gradient));
  }

  /** Like {@link #pull(int[])}, without waiting. */
  public CompletableFuture<double[]> pullAsync(int @Nullable [] keys) {
    hasPulled = true;
    long step = clock;
    double[] weights = new double[keys == null ? numParameters : keys.length];
    CompletableFuture<double[]> pulled =
        last.thenCompose(done -> client.pull(step, keys, weights))
            .thenApply(answer -> take(answer, weights));
    last = pulled;
    return pulled;
  }

  /**
   * Like {@link #push(int[], double[])}, without waiting.
   *
   * @throws IllegalArgumentException if the gradient has not one value per key, or one that is NaN
   *     or infinite; nothing was sent then
   * @throws IllegalStateException before the first pull of this client
   */
  public CompletableFuture<Void> pushAsync(int @Nullable [] keys, double[] gradient) {
    if (!hasPulled) {
      throw new IllegalStateException("worker " + worker + " has to pull before it pushes");
    }
    check(keys, gradient);
    long step = clock++;
    CompletableFuture<Void> pushed =
        last.thenCompose(done -> client.push(step, versions, 1, keys, gradient))
            .thenAccept(this::goOn);
    last = pushed;
    return pushed;
  }

  private double[] take(Pulled answer, double[] weights) {
    goOn(answer.progress());
    versions = answer.versions();
    return weights;
  }

  private void goOn(Progress progress) {
    if (progress == Progress.DIVERGED) {
      throw new IllegalStateException("the run has diverged: a gradient was NaN or infinite");
    }
  }

  private void check(int @Nullable [] keys, double[] gradient) {
    int expected = keys == null ? numParameters : keys.length;
    if (gradient.length != expected) {
      throw new IllegalArgumentException(
          "the gradient of worker %d has %d values, expected %d"
              .formatted(worker, gradient.length, expected));
    }
    int previous = -1;
    for (int k = 0; k < gradient.length; k++) {
      int key = keys == null ? k : keys[k];
      if (key <= previous || key >= numParameters) {
        throw new IllegalArgumentException(
            "worker %d pushes key %d at index %d; keys must ascend below %d"
                .formatted(worker, key, k, numParameters));
      }
      if (!Gradient.isFinite(gradient[k])) {
        throw new IllegalArgumentException(
            "the gradient of worker %d is %s at key %d".formatted(worker, gradient[k], key));
      }
      previous = key;
    }
  }

  private static <A> A join(CompletableFuture<A> future) {
    try {
      return DriverClient.join(future);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the parameter servers", e);
    }
  }

  /** Waits for what is under way, then closes the connections. */
  @Override
  public void close() {
    try {
      Object unused = join(last.handle((done, failure) -> true));
    } finally {
      endpoint.close();
    }
  }
}
