package dev.triptych.async.client;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.shard.Response;
import dev.triptych.async.store.Selection;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.ConnectionLostException;
import dev.triptych.spark.transport.Endpoint;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to a run's shards that survive a lost connection: the same bytes are sent again until an
 * answer comes or the bound is over. Safe for every request of the protocol, since each may be
 * repeated. Thread-safe.
 */
final class ShardCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ShardCalls.class);
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 1000;
  private static final int MAX_NAMINGS = 4;

  private final Endpoint endpoint;
  private final RunLocation run;
  private final Duration maxWait;

  ShardCalls(Endpoint endpoint, RunLocation run, Duration maxWait) {
    this.endpoint = endpoint;
    this.run = run;
    this.maxWait = maxWait;
  }

  RunLocation run() {
    return run;
  }

  /**
   * The answer, of the expected class.
   *
   * @param what names the request in failures, such as {@code "pull of worker 3 at clock 7"}
   * @return fails with a {@link ParameterServerException}
   */
  <A extends Answer> CompletableFuture<A> call(Request request, Class<A> expected, String what) {
    CompletableFuture<A> result = new CompletableFuture<>();
    Address server = run.servers().get(request.to().shard());
    ByteBuffer bytes = Message.encode(request);
    send(
        new Sending<>(
            server,
            request.to(),
            bytes,
            request.namedKeys(),
            new AtomicInteger(MAX_NAMINGS),
            expected,
            what + " on shard " + request.to().shard(),
            result),
        System.nanoTime() + maxWait.toNanos(),
        FIRST_PAUSE_MILLIS);
    return result;
  }

  private <A extends Answer> void send(Sending<A> sending, long deadline, long pauseMillis) {
    Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    endpoint
        .call(sending.server(), sending.what(), sending.bytes(), left)
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                complete(sending, answer, deadline);
              } else {
                Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                boolean timeLeft =
                    deadline - System.nanoTime() > TimeUnit.MILLISECONDS.toNanos(pauseMillis);
                if (cause instanceof ConnectionLostException && timeLeft) {
                  LOG.info("{}: {}; trying again", sending.what(), cause.getMessage());
                  CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS)
                      .execute(
                          () ->
                              send(
                                  sending,
                                  deadline,
                                  Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS)));
                } else {
                  sending
                      .result()
                      .completeExceptionally(
                          new ParameterServerException(
                              sending.what() + ": " + cause.getMessage(), cause));
                }
              }
            });
  }

  private <A extends Answer> void complete(Sending<A> sending, ByteBuffer bytes, long deadline) {
    try {
      Message answer = Message.decode(bytes);
      if (sending.expected().isInstance(answer)) {
        sending.result().complete(sending.expected().cast(answer));
      } else if (answer instanceof Answer.Rejected rejected
          && rejected.response().reason() == Response.Reason.UNKNOWN_KEYS
          && sending.namingsLeft().getAndDecrement() > 0) {
        nameKeys(sending, deadline);
      } else if (answer instanceof Answer.Rejected rejected) {
        sending
            .result()
            .completeExceptionally(
                new ParameterServerException(
                    "%s at %s was refused: %s"
                        .formatted(sending.what(), sending.server(), rejected.response().message()),
                    rejected.response().reason()));
      } else {
        sending
            .result()
            .completeExceptionally(
                new ParameterServerException(
                    sending.what() + ": unexpected answer " + answer.type()));
      }
    } catch (MalformedMessageException e) {
      sending
          .result()
          .completeExceptionally(
              new ParameterServerException(sending.what() + ": " + e.getMessage(), e));
    }
  }

  /** The server has forgotten keys that the request names: tell it again, then ask again. */
  private <A extends Answer> void nameKeys(Sending<A> sending, long deadline) {
    List<CompletableFuture<Answer.Done>> told = new ArrayList<>();
    for (Selection keys : sending.namedKeys()) {
      told.add(
          call(
              new Request.Keys(sending.to(), keys),
              Answer.Done.class,
              "naming keys for " + sending.what()));
    }
    CompletableFuture.allOf(told.toArray(CompletableFuture<?>[]::new))
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                send(sending, deadline, FIRST_PAUSE_MILLIS);
              } else {
                sending.result().completeExceptionally(failure);
              }
            });
  }

  private record Sending<A extends Answer>(
      Address server,
      ShardId to,
      ByteBuffer bytes,
      List<Selection> namedKeys,
      AtomicInteger namingsLeft,
      Class<A> expected,
      String what,
      CompletableFuture<A> result) {}
}
