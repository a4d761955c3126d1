package dev.triptych.async.client;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.shard.HelloRequest;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.PullRequest;
import dev.triptych.async.shard.PushRequest;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.RangePartition;
import dev.triptych.async.store.Selection;
import dev.triptych.async.traffic.ValueFormat;
import dev.triptych.spark.transport.Endpoint;
import java.nio.DoubleBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One worker's connection to all shards of a run. Every call asks all shards at once and returns a
 * future; a lost connection is made again and the request repeated within the bound, which never
 * applies a push twice.
 *
 * <p>Keys are ascending parameter numbers, null for all parameters. Arrays of weights and gradients
 * are then in the order of the keys, or of length d. Gradients may be reused once a call has
 * returned; keys and the array of pulled weights belong to the client until the future is done.
 *
 * <p>One call at a time per worker. Futures fail with {@link ParameterServerException}.
 */
public final class ParameterClient {
  private final ShardCalls calls;
  private final RangePartition partition;
  private final int worker;
  private final long attempt;
  private final KeyNames[] names;
  private ValueFormat format = ValueFormat.FLOAT64;

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
    this.attempt = attempt;
    this.names = new KeyNames[partition.numShards()];
    Arrays.setAll(names, shard -> new KeyNames());
  }

  /** Values of gradients and weights travel in this format from now on. */
  public ParameterClient in(ValueFormat newFormat) {
    format = newFormat;
    return this;
  }

  /**
   * Introduces this attempt and fences older ones.
   *
   * @return the step to continue with: the smallest that some shard still lacks
   */
  public CompletableFuture<Long> hello() {
    return askAll(
            shard ->
                calls.call(
                    new Request.Hello(id(shard), new HelloRequest(worker, attempt)),
                    Answer.Resume.class,
                    "hello of worker " + worker),
            Answer.Resume[]::new)
        .thenApply(
            answers -> {
              long next = Long.MAX_VALUE;
              for (Answer.Resume answer : answers) {
                next = Math.min(next, answer.response().nextSequence());
              }
              return next;
            });
  }

  /**
   * Asks for the weights of step {@code clock}; waits at the server as long as the run's
   * consistency demands.
   *
   * @param into receives the weights
   */
  public CompletableFuture<Pulled> pull(long clock, int @Nullable [] keys, double[] into) {
    Selections selected = new Selections(keys);
    return askAll(
            shard ->
                calls.call(
                    new Request.Pull(
                        id(shard), new PullRequest(worker, attempt, clock, selected.of(shard))),
                    Answer.Weights.class,
                    "pull of worker " + worker + " at clock " + clock),
            Answer.Weights[]::new)
        .thenApply(answers -> selected.collect(answers, into));
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
    Selections pushed = new Selections(keys);
    return askAll(
            shard ->
                calls.call(
                    new Request.Push(
                        id(shard),
                        new PushRequest(
                            worker,
                            attempt,
                            sequence,
                            versions[shard],
                            numExamples,
                            pushed.gradient(shard, gradient),
                            null)),
                    Answer.Accepted.class,
                    "push " + sequence + " of worker " + worker),
            Answer.Accepted[]::new)
        .thenApply(
            answers -> {
              Progress progress = Progress.RUNNING;
              for (Answer.Accepted answer : answers) {
                progress = later(progress, answer.response().progress());
              }
              return progress;
            });
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
    Selections pushed = new Selections(keys);
    Selections pulled = new Selections(nextKeys);
    return askAll(
            shard ->
                calls.call(
                    new Request.Push(
                        id(shard),
                        new PushRequest(
                            worker,
                            attempt,
                            sequence,
                            versions[shard],
                            numExamples,
                            pushed.gradient(shard, gradient),
                            pulled.of(shard))),
                    Answer.Weights.class,
                    "push " + sequence + " and next pull of worker " + worker),
            Answer.Weights[]::new)
        .thenApply(answers -> pulled.collect(answers, into));
  }

  private ShardId id(int shard) {
    return new ShardId(calls.run().run(), shard);
  }

  private <A> CompletableFuture<A[]> askAll(ShardCall<A> call, IntFunction<A[]> newArray) {
    int numShards = partition.numShards();
    A[] answers = newArray.apply(numShards);
    CompletableFuture<?>[] futures = new CompletableFuture<?>[numShards];
    for (int shard = 0; shard < numShards; shard++) {
      int index = shard;
      futures[shard] = call.ask(shard).thenAccept(answer -> answers[index] = answer);
    }
    return CompletableFuture.allOf(futures).thenApply(done -> answers);
  }

  private static Progress later(Progress a, Progress b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private interface ShardCall<A> {
    CompletableFuture<A> ask(int shard);
  }

  /** Keys cut by shard. */
  private final class Selections {
    private final int @Nullable [] keys;
    private final int[] cuts;

    Selections(int @Nullable [] keys) {
      this.keys = keys;
      this.cuts = keys == null ? new int[0] : partition.cuts(keys);
    }

    Selection of(int shard) {
      Selection selection = selection(shard);
      return names[shard].name(selection).in(format);
    }

    private Selection selection(int shard) {
      return keys == null ? Selection.all() : Selection.of(positions(keys, shard));
    }

    Gradient gradient(int shard, double[] gradient) {
      double[] slice =
          partition.numShards() == 1 && gradient.length == length(shard)
              ? gradient
              : Arrays.copyOfRange(gradient, start(shard), start(shard) + length(shard));
      return Gradient.of(of(shard), slice);
    }

    Pulled collect(Answer.Weights[] answers, double[] into) {
      Progress progress = Progress.RUNNING;
      long[] versions = new long[answers.length];
      for (int shard = 0; shard < answers.length; shard++) {
        progress = later(progress, answers[shard].response().progress());
        versions[shard] = answers[shard].response().version();
      }
      if (progress == Progress.RUNNING) {
        for (int shard = 0; shard < answers.length; shard++) {
          DoubleBuffer values = answers[shard].response().values();
          if (values.remaining() != length(shard)) {
            throw new ParameterServerException(
                "shard %d sent %d weights, expected %d"
                    .formatted(shard, values.remaining(), length(shard)));
          }
          values.get(into, start(shard), values.remaining());
        }
      }
      return new Pulled(progress, versions);
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
