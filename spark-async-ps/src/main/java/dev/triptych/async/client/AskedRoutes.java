package dev.triptych.async.client;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.ReplicaAnswer;
import dev.triptych.async.protocol.ReplicaRequest;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.shard.Response;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker's routes: those of the run's beginning, later what the driver says. Thread-safe. */
final class AskedRoutes implements ShardRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(AskedRoutes.class);
  private static final Duration MAX_WAIT = Duration.ofSeconds(2);

  private final Endpoint endpoint;
  private final Address driver;
  private final ByteBuffer question;
  private volatile List<Address> servers;
  private @Nullable CompletableFuture<Void> asking;

  AskedRoutes(Endpoint endpoint, Address driver, RunLocation run) {
    this.endpoint = endpoint;
    this.driver = driver;
    this.question = Message.encode(new ReplicaRequest.Locate(new ShardId(run.run(), 0)));
    this.servers = run.servers();
  }

  @Override
  public Address server(int shard) {
    return servers.get(shard);
  }

  @Override
  public boolean mayChange() {
    return true;
  }

  /** One question at a time; who comes meanwhile gets the same answer. */
  @Override
  public CompletableFuture<Void> refresh() {
    CompletableFuture<Void> mine;
    synchronized (this) {
      if (asking != null) {
        return asking;
      }
      mine = new CompletableFuture<>();
      asking = mine;
    }
    CompletableFuture<Void> unused =
        endpoint
            .call(driver, "where are the shards", question.duplicate(), MAX_WAIT)
            .handle(
                (bytes, failure) -> {
                  synchronized (this) {
                    asking = null;
                  }
                  answered(bytes, failure, mine);
                  return null;
                });
    return mine;
  }

  private void answered(
      @Nullable ByteBuffer bytes, @Nullable Throwable failure, CompletableFuture<Void> done) {
    try {
      if (bytes == null) {
        LOG.info("the driver does not say where the shards are: {}", String.valueOf(failure));
      } else if (Message.decode(bytes) instanceof ReplicaAnswer.Places places) {
        servers = places.servers().stream().map(Addresses::parse).toList();
      } else if (Message.decode(bytes) instanceof Answer.Rejected rejected) {
        done.completeExceptionally(
            new ParameterServerException(
                rejected.response().message(), Response.Reason.UNKNOWN_RUN));
      }
    } catch (MalformedMessageException | IllegalArgumentException e) {
      LOG.warn("the driver's answer is no map of shards: {}", e.getMessage());
    }
    done.complete(null);
  }
}
