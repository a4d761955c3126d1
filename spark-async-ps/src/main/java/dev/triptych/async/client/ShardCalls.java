package dev.triptych.async.client;

import dev.triptych.async.packing.Packing;
import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.shard.Response;
import dev.triptych.async.store.Selection;
import dev.triptych.async.traffic.Compression;
import dev.triptych.async.worker.RetryRule;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.ConnectionLostException;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.RemoteFailureException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to a run's shards, wherever they are. {@link #call} survives lost connections and servers:
 * the same bytes are sent again until an answer comes or the bound is over, which is safe since
 * every request of the protocol may be repeated; {@link #once} leaves that to a {@link
 * dev.triptych.async.worker.WorkerMachine}. Thread-safe.
 */
final class ShardCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ShardCalls.class);
  private static final int MAX_NAMINGS = 4;
  private static final long SILENCE_MILLIS = 1000;
  private static final ScheduledThreadPoolExecutor WATCHES = watches();

  private final Endpoint endpoint;
  private final RunLocation run;
  private final ShardRoutes routes;
  private final RetryRule retry;
  private volatile Packing packing = Packing.of(Compression.NONE);

  ShardCalls(Endpoint endpoint, RunLocation run, Duration maxWait) {
    this(endpoint, run, routes(endpoint, run), maxWait);
  }

  ShardCalls(Endpoint endpoint, RunLocation run, ShardRoutes routes, Duration maxWait) {
    this.endpoint = endpoint;
    this.run = run;
    this.routes = routes;
    long bound = maxWait.toNanos();
    this.retry = routes.mayChange() ? RetryRule.movingShards(bound) : RetryRule.connections(bound);
  }

  private static ShardRoutes routes(Endpoint endpoint, RunLocation run) {
    Address driver = run.driver();
    return driver == null
        ? ShardRoutes.fixed(run.servers())
        : new AskedRoutes(endpoint, driver, run);
  }

  /** Messages are compressed from now on, and so are their answers. */
  void compress(Compression compression) {
    packing = Packing.of(compression);
  }

  RunLocation run() {
    return run;
  }

  RetryRule retry() {
    return retry;
  }

  /** A request as it is sent, perhaps several times. */
  record Sending(ShardId to, ByteBuffer bytes, List<Selection> namedKeys, String what) {}

  /** The bytes of a request, made once. */
  Sending sending(Request request, String what) {
    return new Sending(
        request.to(),
        packing.pack(Message.encode(request)),
        request.namedKeys(),
        what + " on shard " + request.to().shard());
  }

  Address server(ShardId shard) {
    return routes.server(shard.shard());
  }

  /**
   * The answer, of the expected class.
   *
   * @param what names the request in failures, such as {@code "pull of worker 3 at clock 7"}
   * @return fails with a {@link ParameterServerException}
   */
  <A extends Answer> CompletableFuture<A> call(Request request, Class<A> expected, String what) {
    Sending sending = sending(request, what);
    CompletableFuture<A> result = new CompletableFuture<>();
    send(sending, expected, result, System.nanoTime() + retry.maxWait(), 0);
    return result;
  }

  private <A extends Answer> void send(
      Sending sending,
      Class<A> expected,
      CompletableFuture<A> result,
      long deadline,
      int numLosses) {
    once(sending, deadline)
        .whenComplete(
            (answer, failure) -> {
              if (answer != null) {
                complete(sending, answer, expected, result);
                return;
              }
              long pause = retry.pause(numLosses + 1);
              if (isLoss(failure) && deadline - System.nanoTime() > pause) {
                LOG.info("{}: {}; trying again", sending.what(), causeOf(failure).getMessage());
                CompletableFuture.delayedExecutor(pause, TimeUnit.NANOSECONDS)
                    .execute(() -> send(sending, expected, result, deadline, numLosses + 1));
              } else {
                result.completeExceptionally(failed(sending, failure));
              }
            });
  }

  private <A extends Answer> void complete(
      Sending sending, Answer answer, Class<A> expected, CompletableFuture<A> result) {
    if (expected.isInstance(answer)) {
      result.complete(expected.cast(answer));
    } else if (answer instanceof Answer.Rejected rejected) {
      result.completeExceptionally(
          refused(sending, rejected.response().message(), rejected.response().reason()));
    } else {
      result.completeExceptionally(
          new ParameterServerException(sending.what() + ": unexpected answer " + answer.type()));
    }
  }

  ParameterServerException refused(Sending sending, String message, Response.Reason reason) {
    return new ParameterServerException(
        "%s at %s was refused: %s".formatted(sending.what(), server(sending.to()), message),
        reason);
  }

  static ParameterServerException failed(Sending sending, Throwable failure) {
    Throwable cause = causeOf(failure);
    return cause instanceof ParameterServerException known
        ? known
        : new ParameterServerException(sending.what() + ": " + cause.getMessage(), cause);
  }

  /** Whether the request may be sent again. */
  static boolean isLoss(@Nullable Throwable failure) {
    return failure != null
        && (causeOf(failure) instanceof ConnectionLostException
            || causeOf(failure) instanceof MovedException);
  }

  static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /**
   * Sends the request once; keys that the server has forgotten are named again first.
   *
   * @return fails when the connection is lost, see {@link #isLoss}, or for good
   */
  CompletableFuture<Answer> once(Sending sending, long deadline) {
    return once(sending, deadline, MAX_NAMINGS);
  }

  private CompletableFuture<Answer> once(Sending sending, long deadline, int namingsLeft) {
    Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    Address server = server(sending.to());
    CompletableFuture<Answer> direct =
        endpoint.call(
            server, sending.what(), sending.bytes(), left, bytes -> decode(sending, bytes));
    CompletableFuture<Answer> answer =
        routes.mayChange() ? followed(sending.to(), server, direct) : direct;
    return sending.namedKeys().isEmpty()
        ? answer
        : answer.thenCompose(first -> namedIfAsked(sending, first, deadline, namingsLeft));
  }

  /**
   * The answer of a server that may not have the shard any more. Whenever that shows, the routes
   * are learnt anew before the loss is told, so that the next sending goes where the shard is.
   */
  private CompletableFuture<Answer> followed(
      ShardId shard, Address asked, CompletableFuture<Answer> direct) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    watch(shard, asked, answer);
    CompletableFuture<Answer> unused =
        direct.whenComplete(
            (first, failure) -> {
              if (answer.isDone()) {
                return;
              }
              Throwable cause = failure == null ? null : causeOf(failure);
              if (first instanceof Answer.Rejected rejected && isElsewhere(rejected)) {
                lose(answer, new MovedException(asked + ": " + rejected.response().message()));
              } else if (cause instanceof ConnectionLostException
                  || cause instanceof RemoteFailureException) {
                lose(answer, new MovedException(String.valueOf(cause.getMessage())));
              } else if (cause != null) {
                answer.completeExceptionally(cause);
              } else {
                answer.complete(first);
              }
            });
    return answer;
  }

  private static boolean isElsewhere(Answer.Rejected rejected) {
    Response.Reason reason = rejected.response().reason();
    return reason == Response.Reason.NOT_PRIMARY || reason == Response.Reason.UNKNOWN_RUN;
  }

  private void lose(CompletableFuture<Answer> answer, MovedException loss) {
    CompletableFuture<Void> unused =
        routes
            .refresh()
            .whenComplete(
                (done, lostForGood) ->
                    answer.completeExceptionally(lostForGood == null ? loss : lostForGood));
  }

  /** A server that says nothing for long may have been replaced. */
  private void watch(ShardId shard, Address asked, CompletableFuture<Answer> answer) {
    Future<?> timer =
        WATCHES.schedule(
            () -> {
              if (!answer.isDone()) {
                look(shard, asked, answer);
              }
            },
            SILENCE_MILLIS,
            TimeUnit.MILLISECONDS);
    CompletableFuture<Answer> unused = answer.whenComplete((done, failure) -> timer.cancel(false));
  }

  private void look(ShardId shard, Address asked, CompletableFuture<Answer> answer) {
    CompletableFuture<Void> unused =
        routes
            .refresh()
            .whenComplete(
                (done, lostForGood) -> {
                  if (lostForGood != null) {
                    answer.completeExceptionally(lostForGood);
                  } else if (!server(shard).equals(asked)) {
                    answer.completeExceptionally(
                        new MovedException(asked + " says nothing and was replaced"));
                  } else if (!answer.isDone()) {
                    watch(shard, asked, answer);
                  }
                });
  }

  private static ScheduledThreadPoolExecutor watches() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "triptych-call-watches");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  /** The shard is not where it was asked; the same request may be sent again. */
  private static final class MovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MovedException(String message) {
      super(message);
    }
  }

  /** The server may have forgotten keys that the request names: tell it again, then ask again. */
  private CompletableFuture<Answer> namedIfAsked(
      Sending sending, Answer first, long deadline, int namingsLeft) {
    if (namingsLeft == 0
        || !(first instanceof Answer.Rejected rejected)
        || rejected.response().reason() != Response.Reason.UNKNOWN_KEYS) {
      return CompletableFuture.completedFuture(first);
    }
    List<CompletableFuture<Answer.Done>> told = new ArrayList<>();
    for (Selection keys : sending.namedKeys()) {
      told.add(
          call(
              new Request.Keys(sending.to(), keys),
              Answer.Done.class,
              "naming keys for " + sending.what()));
    }
    return CompletableFuture.allOf(told.toArray(CompletableFuture<?>[]::new))
        .thenCompose(done -> once(sending, deadline, namingsLeft - 1));
  }

  private static Answer decode(Sending sending, ByteBuffer bytes) {
    try {
      Message message = Message.decode(Packing.packingOf(bytes).unpack(bytes));
      if (message instanceof Answer answer) {
        return answer;
      }
      throw new ParameterServerException(sending.what() + ": unexpected answer " + message.type());
    } catch (MalformedMessageException e) {
      throw new ParameterServerException(sending.what() + ": " + e.getMessage(), e);
    }
  }
}
