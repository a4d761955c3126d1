package dev.triptych.async.server;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.ReplicaAnswer;
import dev.triptych.async.protocol.ReplicaRequest;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.replica.Replica;
import dev.triptych.spark.transport.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a primary's state and events to its followers and hands their answers to the owner. Used by
 * the owner's thread only; answers come back through its queue. Many batches may be on their way;
 * after a failure what is not acknowledged is sent again, until the coordinator gives the follower
 * up.
 */
final class Followers {
  private static final Logger LOG = LoggerFactory.getLogger(Followers.class);
  private static final int MAX_BATCH_BYTES = 4 << 20;
  private static final long PAUSE_MILLIS = 50;

  /** What the owner does with an answer. */
  interface Acknowledgements {
    void acknowledged(String follower, ReplicaAnswer.Replicated answer, long sentUpTo);
  }

  private final ShardId id;
  private final Replica<ShardOwner.Event, Reply, ByteBuffer> replica;
  private final Peers peers;
  private final Consumer<Runnable> owner;
  private final Acknowledgements acknowledgements;
  private final Set<String> pausing = new HashSet<>();
  private volatile boolean stopped;

  /**
   * @param owner runs a task on the owner's thread
   */
  Followers(
      ShardId id,
      Replica<ShardOwner.Event, Reply, ByteBuffer> replica,
      Peers peers,
      Consumer<Runnable> owner,
      Acknowledgements acknowledgements) {
    this.id = id;
    this.replica = replica;
    this.peers = peers;
    this.owner = owner;
    this.acknowledgements = acknowledgements;
  }

  void stop() {
    stopped = true;
  }

  /** All events that have not been sent. */
  void send() {
    for (String follower : replica.followers()) {
      while (!pausing.contains(follower) && sendBatch(follower)) {}
    }
  }

  private boolean sendBatch(String follower) {
    List<ReplicaRequest.Entry> batch = new ArrayList<>();
    long bytes = 0;
    while (bytes < MAX_BATCH_BYTES) {
      List<Replica.Entry<ShardOwner.Event>> next = replica.toSend(follower, 1);
      if (next.isEmpty()) {
        break;
      }
      Replica.Entry<ShardOwner.Event> entry = next.get(0);
      byte[] event = Message.encode(entry.event().request().plain()).array();
      batch.add(
          new ReplicaRequest.Entry(entry.index(), entry.now(), entry.event().numBytes(), event));
      bytes += event.length;
    }
    if (batch.isEmpty()) {
      return false;
    }
    long sentUpTo = batch.get(batch.size() - 1).index() + 1;
    CompletableFuture<Message> unused =
        peers
            .ask(follower, new ReplicaRequest.Replicate(id, replica.epoch(), batch))
            .whenComplete(
                (answer, failure) ->
                    owner.accept(() -> answered(follower, answer, failure, sentUpTo)));
    return true;
  }

  private void answered(String follower, Message answer, Throwable failure, long sentUpTo) {
    if (failure == null && answer instanceof ReplicaAnswer.Replicated replicated) {
      acknowledgements.acknowledged(follower, replicated, sentUpTo);
    } else if (replica.followers().contains(follower) && pausing.add(follower)) {
      LOG.info("{}: {} did not take events: {}", id, follower, failure == null ? answer : failure);
      later(
          () -> {
            pausing.remove(follower);
            replica.sendAgain(follower);
          });
    }
  }

  /** Sends a state part by part, then counts the follower in. */
  void install(String follower, long epoch, ShardState.Chunks state) {
    LOG.info("{}: sending {} bytes of state to {}", id, state.total(), follower);
    installFrom(follower, epoch, state, 0);
  }

  private void installFrom(String follower, long epoch, ShardState.Chunks state, long offset) {
    byte[] part = state.part(offset);
    ReplicaRequest.Install request =
        new ReplicaRequest.Install(id, epoch, offset, state.total(), part);
    CompletableFuture<Message> unused =
        peers
            .ask(follower, request)
            .whenComplete(
                (answer, failure) ->
                    owner.accept(
                        () -> {
                          boolean taken = failure == null && answer instanceof Answer.Done;
                          long next = taken ? offset + part.length : 0;
                          if (taken && next >= state.total()) {
                            replica.installed(follower, epoch);
                          } else if (!replica.followers().contains(follower)) {
                            LOG.info("{}: {} was given up", id, follower);
                          } else if (taken) {
                            installFrom(follower, epoch, state, next);
                          } else {
                            LOG.info(
                                "{}: {} did not take the state: {}",
                                id,
                                follower,
                                failure == null ? answer : failure);
                            later(() -> installAgain(follower, epoch, state));
                          }
                        }));
  }

  private void installAgain(String follower, long epoch, ShardState.Chunks state) {
    if (replica.followers().contains(follower)) {
      installFrom(follower, epoch, state, 0);
    }
  }

  private void later(Runnable task) {
    CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (!stopped) {
                owner.accept(task);
              }
            });
  }
}
