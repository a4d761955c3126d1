package dev.triptych.async.client;

import dev.triptych.async.client.ShardCalls.Sending;
import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.Response;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.RangePartition;
import dev.triptych.async.store.Selection;
import dev.triptych.async.traffic.GradientCompressor;
import dev.triptych.async.traffic.Traffic;
import dev.triptych.async.traffic.ValueFormat;
import dev.triptych.async.worker.WorkerEffect;
import dev.triptych.async.worker.WorkerMachine;
import dev.triptych.spark.transport.Endpoint;
import java.nio.DoubleBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's connection to all shards of a run: the shell around a {@link WorkerMachine}, which
 * knows the protocol. Every call asks all shards at once and returns a future; a lost connection is
 * made again and the request repeated within the bound, which never applies a push twice.
 *
 * <p>Keys are ascending parameter numbers, null for all parameters. Arrays of weights and gradients
 * are then in the order of the keys, or of length d. Gradients may be reused once a call has
 * returned; keys and the array of pulled weights belong to the client until the future is done.
 *
 * <p>One call at a time per worker. Futures fail with {@link ParameterServerException}.
 */
public final class ParameterClient {
  private static final Logger LOG = LoggerFactory.getLogger(ParameterClient.class);

  private final ShardCalls calls;
  private final RangePartition partition;
  private final int worker;
  private final KeyNames[] names;
  private final WorkerMachine machine;
  private final @Nullable Sending[] sendings;
  private volatile @Nullable PendingCall<?> pending;
  private volatile long deadline;
  private ValueFormat gradientFormat = ValueFormat.FLOAT64;
  private ValueFormat weightFormat = ValueFormat.FLOAT64;
  private @Nullable GradientCompressor compressor;
  private double[] lastPulled = new double[0];

  /**
   * @param endpoint stays open; may be shared by many clients
   * @param attempt grows with every new attempt at the same worker; older ones are refused
   * @param maxWait bound of every call
   */
  public ParameterClient(
      Endpoint endpoint, RunLocation run, int worker, long attempt, Duration maxWait) {
    this.calls = new ShardCalls(endpoint, run, maxWait);
    this.partition = run.partition();
    this.worker = worker;
    this.machine = new WorkerMachine(worker, attempt, partition.numShards(), calls.retry());
    this.sendings = new Sending[partition.numShards()];
    this.names = new KeyNames[partition.numShards()];
    Arrays.setAll(names, shard -> new KeyNames());
  }

  /**
   * Gradients and weights travel like this from now on.
   *
   * @param kktBound below which gradients of zero weights are kept back, see {@link
   *     GradientCompressor}; then arrays of pulled weights must not change until the push
   */
  public ParameterClient with(Traffic traffic, double kktBound) {
    gradientFormat = traffic.values();
    weightFormat = traffic.weights();
    calls.compress(traffic.compression());
    compressor =
        traffic.isLossy()
            ? new GradientCompressor(traffic, partition.numParameters(), kktBound)
            : null;
    return this;
  }

  /** Values are rounded to this format, and nobody remembers what was lost. */
  public ParameterClient in(ValueFormat format) {
    gradientFormat = format;
    weightFormat = format;
    compressor = null;
    return this;
  }

  /**
   * Introduces this attempt and fences older ones.
   *
   * @return the step to continue with: the smallest that some shard still lacks
   */
  public CompletableFuture<Long> hello() {
    return start(
        "hello of worker " + worker,
        now -> machine.hello(now),
        effect -> ((WorkerEffect.Resumed) effect).step());
  }

  /**
   * Asks for the weights of step {@code clock}; waits at the server as long as the run's
   * consistency demands.
   *
   * @param into receives the weights
   */
  public CompletableFuture<Pulled> pull(long clock, int @Nullable [] keys, double[] into) {
    Selections selected = new Selections(keys);
    lastPulled = into;
    return start(
        "pull of worker " + worker + " at clock " + clock,
        now -> machine.pull(clock, selected.all(), now),
        effect -> selected.collect((WorkerEffect.Pulled) effect, into));
  }

  /**
   * Pushes the gradient of one step without asking for the next one's weights.
   *
   * @param sequence the step
   * @param versions that the gradient was computed from, {@link Pulled#versions}
   * @param numExamples in the mini-batch
   */
  public CompletableFuture<Progress> push(
      long sequence, long[] versions, int numExamples, int @Nullable [] keys, double[] gradient) {
    Gradients pushed = compressed(keys, gradient);
    return start(
        "push " + sequence + " of worker " + worker,
        now -> machine.push(sequence, versions, numExamples, pushed.all(), null, now),
        effect -> ((WorkerEffect.Pushed) effect).progress());
  }

  /**
   * Pushes the gradient of one step and asks for the weights of the next one, in one request per
   * shard.
   *
   * @param keys of the gradient
   * @param nextKeys of the weights
   * @param into receives the weights
   */
  public CompletableFuture<Pulled> pushPull(
      long sequence,
      long[] versions,
      int numExamples,
      int @Nullable [] keys,
      double[] gradient,
      int @Nullable [] nextKeys,
      double[] into) {
    Gradients pushed = compressed(keys, gradient);
    lastPulled = into;
    Selections pulled = new Selections(nextKeys);
    return start(
        "push " + sequence + " and next pull of worker " + worker,
        now -> machine.push(sequence, versions, numExamples, pushed.all(), pulled.all(), now),
        effect -> pulled.collect((WorkerEffect.Pulled) effect, into));
  }

  private <R> CompletableFuture<R> start(
      String what, Event event, Function<WorkerEffect, R> result) {
    CompletableFuture<R> future = new CompletableFuture<>();
    PendingCall<R> call = new PendingCall<>(what, future, result);
    List<WorkerEffect> effects;
    synchronized (machine) {
      long now = System.nanoTime();
      effects = event.at(now);
      pending = call;
      deadline = now + calls.retry().maxWait();
    }
    perform(effects);
    return future;
  }

  /** Any thread: what the machine makes of an event, carried out outside of its lock. */
  private void drive(Event event) {
    List<WorkerEffect> effects;
    synchronized (machine) {
      effects = event.at(System.nanoTime());
    }
    perform(effects);
  }

  private void perform(List<WorkerEffect> effects) {
    for (WorkerEffect effect : effects) {
      if (effect instanceof WorkerEffect.Send send) {
        send(send);
      } else if (effect instanceof WorkerEffect.WakeAt wake) {
        CompletableFuture.delayedExecutor(
                Math.max(0, wake.time() - System.nanoTime()), TimeUnit.NANOSECONDS)
            .execute(() -> drive(machine::woken));
      } else {
        finish(effect);
      }
    }
  }

  private void send(WorkerEffect.Send send) {
    int shard = send.shard();
    // Encoded once: the caller may change the gradient when its call has returned.
    Sending sending = send.again() ? sendings[shard] : null;
    if (sending == null) {
      sending = calls.sending(Request.of(id(shard), send.request()), pending().what());
      sendings[shard] = sending;
    }
    Sending sent = sending;
    calls
        .once(sent, deadline)
        .whenComplete(
            (answer, failure) -> {
              if (answer instanceof Answer.ToWorker toWorker) {
                drive(now -> machine.answered(shard, send.ticket(), toWorker.response(), now));
              } else if (ShardCalls.isLoss(failure)) {
                String why = String.valueOf(ShardCalls.causeOf(failure).getMessage());
                LOG.info("{}: {}; trying again", sent.what(), why);
                drive(now -> machine.lost(shard, send.ticket(), why, now));
              } else {
                String why =
                    failure == null
                        ? "unexpected answer"
                        : String.valueOf(ShardCalls.causeOf(failure).getMessage());
                drive(now -> machine.failed(shard, send.ticket(), why));
              }
            });
  }

  private void finish(WorkerEffect effect) {
    PendingCall<?> call = pending();
    if (effect instanceof WorkerEffect.Failed failed) {
      Sending sending = sendings[failed.shard()];
      String what = sending == null ? call.what() : sending.what();
      call.future()
          .completeExceptionally(
              failed.reason() == null || sending == null
                  ? new ParameterServerException(what + ": " + failed.message())
                  : calls.refused(sending, failed.message(), failed.reason()));
    } else {
      call.succeed(effect);
    }
  }

  private PendingCall<?> pending() {
    PendingCall<?> call = pending;
    if (call == null) {
      throw new IllegalStateException("no call is under way");
    }
    return call;
  }

  private Gradients compressed(int @Nullable [] keys, double[] gradient) {
    Selections computed = new Selections(keys);
    GradientCompressor smaller = compressor;
    if (smaller == null) {
      return new Gradients(computed, computed, gradient);
    }
    smaller.take(keys, gradient, lastPulled);
    Selections sent = smaller.keys() == keys ? computed : new Selections(smaller.keys());
    for (int shard = 0; shard < partition.numShards(); shard++) {
      smaller.round(sent.start(shard), sent.start(shard) + sent.length(shard));
    }
    return new Gradients(computed, sent, smaller.values());
  }

  private ShardId id(int shard) {
    return new ShardId(calls.run().run(), shard);
  }

  private interface Event {
    List<WorkerEffect> at(long now);
  }

  private record PendingCall<R>(
      String what, CompletableFuture<R> future, Function<WorkerEffect, R> result) {
    void succeed(WorkerEffect effect) {
      try {
        future.complete(result.apply(effect));
      } catch (RuntimeException e) {
        future.completeExceptionally(e);
      }
    }
  }

  /** A gradient cut by shard: the keys it was computed for, those that are sent, their values. */
  private final class Gradients {
    private final Selections computed;
    private final Selections sent;
    private final double[] values;

    Gradients(Selections computed, Selections sent, double[] values) {
      this.computed = computed;
      this.sent = sent;
      this.values = values;
    }

    Gradient[] all() {
      Gradient[] all = new Gradient[partition.numShards()];
      Arrays.setAll(all, this::of);
      return all;
    }

    private Gradient of(int shard) {
      int start = sent.start(shard);
      int length = sent.length(shard);
      double[] slice =
          length == values.length ? values : Arrays.copyOfRange(values, start, start + length);
      Selection selection = names[shard].name(sent.selection(shard)).in(gradientFormat);
      return Gradient.of(selection, slice, computed.length(shard));
    }
  }

  /** Keys cut by shard. */
  private final class Selections {
    private final int @Nullable [] keys;
    private final int[] cuts;

    Selections(int @Nullable [] keys) {
      this.keys = keys;
      this.cuts = keys == null ? new int[0] : partition.cuts(keys);
    }

    private Selection wanted(int shard) {
      return names[shard].name(selection(shard)).in(weightFormat);
    }

    Selection[] all() {
      Selection[] all = new Selection[partition.numShards()];
      Arrays.setAll(all, this::wanted);
      return all;
    }

    Selection selection(int shard) {
      return keys == null ? Selection.all() : Selection.of(positions(keys, shard));
    }

    Pulled collect(WorkerEffect.Pulled pulled, double[] into) {
      long[] versions = new long[partition.numShards()];
      for (int shard = 0; shard < versions.length; shard++) {
        Response.Weights answer = pulled.answers().get(shard);
        versions[shard] = answer.version();
        if (pulled.progress() == Progress.RUNNING) {
          DoubleBuffer values = answer.values();
          values.get(into, start(shard), values.remaining());
        }
      }
      return new Pulled(pulled.progress(), versions);
    }

    private int start(int shard) {
      return keys == null ? partition.start(shard) : cuts[shard];
    }

    private int length(int shard) {
      return keys == null ? partition.length(shard) : cuts[shard + 1] - cuts[shard];
    }

    private int[] positions(int[] all, int shard) {
      int first = partition.start(shard);
      if (first == 0 && length(shard) == all.length) {
        return all;
      }
      int[] positions = Arrays.copyOfRange(all, cuts[shard], cuts[shard + 1]);
      if (first != 0) {
        for (int k = 0; k < positions.length; k++) {
          positions[k] -= first;
        }
      }
      return positions;
    }
  }
}
