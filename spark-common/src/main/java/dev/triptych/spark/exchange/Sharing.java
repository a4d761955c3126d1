package dev.triptych.spark.exchange;

import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * How tasks agree whether they share memory. All of them may be on one host: then the task of node
 * 0 makes a file and offers it; if everybody has found it, with the token in it, they share it,
 * else everything goes through sockets. The file loses its name before it is used. Thread-safe.
 */
final class Sharing {
  private static final Duration MAX_OFFER_WAIT = Duration.ofSeconds(10);

  private final String runId;
  private final int numNodes;
  private final boolean allowed;
  private final CompletableFuture<Optional<HostMemory>> decision = new CompletableFuture<>();
  // Mapped, not decided yet.
  private volatile @Nullable HostMemory offered;

  /**
   * @param allowed whether this task may share
   */
  Sharing(String runId, int numNodes, boolean allowed) {
    this.runId = runId;
    this.numNodes = numNodes;
    this.allowed = allowed;
  }

  /** There is nothing to agree on. */
  void decideAgainst() {
    decision.complete(Optional.empty());
  }

  /** Offers memory to the others, as the task of node 0. */
  void offer(Endpoint endpoint, Collection<Address> others, Duration maxWait) {
    HostMemory.@Nullable Created created = null;
    try {
      created = allowed ? HostMemory.create(numNodes) : null;
    } catch (IOException e) {
      // No room, or no folder: sockets then.
    }
    if (created == null) {
      decide(endpoint, others, maxWait, null);
      return;
    }
    HostMemory memory = created.memory();
    Path file = created.file();
    ByteBuffer offer =
        new SharingMessage(SharingMessage.Kind.OFFER, runId, file.toString(), created.token())
            .encode();
    Duration bound = maxWait.compareTo(MAX_OFFER_WAIT) < 0 ? maxWait : MAX_OFFER_WAIT;
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    for (Address other : others) {
      answers.add(
          endpoint.call(
              other,
              "offer to share memory",
              offer.duplicate(),
              bound,
              answer -> answer.remaining() == 1 && answer.get(answer.position()) == 1));
    }
    CompletableFuture<Void> unused =
        CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
            .handle(
                (nothing, failure) -> {
                  boolean all =
                      failure == null && answers.stream().allMatch(CompletableFuture::join);
                  all &= deleted(file);
                  decide(endpoint, others, maxWait, all ? memory : null);
                  return null;
                });
  }

  private static boolean deleted(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      return false;
    }
  }

  private void decide(
      Endpoint endpoint,
      Collection<Address> others,
      Duration maxWait,
      @Nullable HostMemory memory) {
    ByteBuffer message = SharingMessage.decision(memory != null, runId).encode();
    for (Address other : others) {
      // Who does not hear it waits for node 0 and says so.
      CompletableFuture<ByteBuffer> unused =
          endpoint.call(other, "decision to share memory", message.duplicate(), maxWait);
    }
    decision.complete(Optional.ofNullable(memory));
  }

  /** Whether memory is shared; false before that is decided. */
  boolean isShared() {
    return decision.isDone() && !decision.isCompletedExceptionally() && decision.join().isPresent();
  }

  /** Takes what the task of node 0 says; on an event loop. */
  void handle(SharingMessage message, Reply reply) {
    if (!message.runId().equals(runId)) {
      throw new IllegalArgumentException(
          "here is run " + runId + ", the message is for run " + message.runId());
    }
    switch (message.kind()) {
      case OFFER -> {
        offered =
            allowed ? HostMemory.open(Path.of(message.file()), message.token(), numNodes) : null;
        reply.success(ByteBuffer.wrap(new byte[] {(byte) (offered == null ? 0 : 1)}));
      }
      case SHARED -> {
        decision.complete(Optional.ofNullable(offered));
        reply.success(ByteBuffer.allocate(0));
      }
      case SOCKETS -> {
        decision.complete(Optional.empty());
        reply.success(ByteBuffer.allocate(0));
      }
    }
  }

  /** Nobody needs to wait for these nodes any more. */
  void leave(Collection<Integer> nodes) {
    CompletableFuture<Void> unused =
        decision.thenAccept(
            memory ->
                memory.ifPresent(
                    shared -> nodes.forEach(node -> shared.setRelease(node, HostMemory.GONE, 1))));
  }

  /** Fails whoever waits. */
  void close() {
    decision.completeExceptionally(new IllegalStateException("run " + runId + " was closed"));
  }

  /** The memory, or null for sockets, once that is decided. */
  @Nullable HostMemory await(int node, Duration maxWait) throws InterruptedException {
    try {
      return decision.get(maxWait.toNanos(), TimeUnit.NANOSECONDS).orElse(null);
    } catch (TimeoutException e) {
      throw new AllReduceException(
          String.format(
              "run %s: node %d waited %d ms for node 0 to say whether memory is shared",
              runId, node, maxWait.toMillis()),
          e);
    } catch (ExecutionException e) {
      throw new AllReduceException(
          "run " + runId + " was closed before it was decided whether memory is shared", e);
    }
  }
}
