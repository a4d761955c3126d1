package dev.triptych.async.client;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.ReplicaAnswer;
import dev.triptych.async.protocol.ReplicaRequest;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.replica.Command;
import dev.triptych.async.replica.Coordinator;
import dev.triptych.async.replica.Replica;
import dev.triptych.async.shard.Response;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.ConnectionLostException;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a run's {@link Coordinator}: asks all servers several times a second how they are, carries
 * out what it decides, and tells workers where the shards are. On the driver; thread-safe.
 */
public final class RunCoordinator implements RequestHandler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunCoordinator.class);
  private static final long TICK_MILLIS = 100;

  /** Servers that have nothing of the run, and perhaps do not run yet, are asked less often. */
  private static final int TICKS_BETWEEN_OTHERS = 5;

  private static final Duration CALL_WAIT = Duration.ofSeconds(1);

  private final long run;
  private final int replicas;
  private final Supplier<List<Address>> servers;
  private final ScheduledThreadPoolExecutor ticks;
  private final Set<String> asked = new HashSet<>();
  private final Set<Command> underWay = new HashSet<>();
  private final Set<String> leaving = new HashSet<>();
  private final Set<String> listed = new HashSet<>();
  private @Nullable Endpoint endpoint;
  private @Nullable Coordinator coordinator;
  private int numFailovers;
  private long numTicks;

  /**
   * @param servers those that are there now, asked several times a second; new ones join
   */
  public RunCoordinator(long run, int replicas, Supplier<List<Address>> servers) {
    this.run = run;
    this.replicas = replicas;
    this.servers = servers;
    ticks =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "triptych-coordinator");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * The shards are there; from now on they are watched.
   *
   * @param primaries by shard
   * @param others servers that have answered and may have nothing of the run yet
   * @param maxSilence a server that does not answer for longer is lost
   * @param maxRefused a server that refuses connections for longer is lost
   */
  public synchronized void start(
      Endpoint own,
      List<Address> primaries,
      List<Address> others,
      Duration maxSilence,
      Duration maxRefused) {
    endpoint = own;
    long now = System.nanoTime();
    coordinator =
        new Coordinator(
            primaries.stream().map(Address::toString).toList(),
            replicas,
            maxSilence.toNanos(),
            maxRefused.toNanos(),
            now);
    for (Address other : others) {
      coordinator.join(other.toString(), now);
    }
    ticks.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Where the shards are now, for calls of the driver itself. */
  ShardRoutes routes() {
    return new ShardRoutes() {
      @Override
      public Address server(int shard) {
        return Addresses.parse(places().get(shard).primary());
      }

      @Override
      public boolean mayChange() {
        return true;
      }

      @Override
      public CompletableFuture<Void> refresh() {
        String failure = failure();
        return failure == null
            ? CompletableFuture.completedFuture(null)
            : CompletableFuture.failedFuture(new ParameterServerException(failure));
      }
    };
  }

  /** One line that says which server was lost for good, or null. */
  public synchronized @Nullable String failure() {
    List<String> failures = coordinator().failures();
    return failures.isEmpty() ? null : failures.get(0);
  }

  /** Primaries lost and replaced so far. */
  public synchronized List<Coordinator.Failover> failovers() {
    return coordinator().failovers();
  }

  /** Shards that have moved by plan. */
  public synchronized int numMoves() {
    return coordinator().numMoves();
  }

  /** Where every shard is. */
  public synchronized List<Coordinator.Place> places() {
    return coordinator().places();
  }

  /** Waits until every shard has its backup, as far as there are servers. */
  public synchronized void awaitSettled(Duration maxWait) throws InterruptedException {
    long deadline = System.nanoTime() + maxWait.toNanos();
    while (!coordinator().isSettled() && coordinator().failures().isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new IllegalStateException(
            "the backups were not ready within %d s: %s"
                .formatted(maxWait.toSeconds(), coordinator().places()));
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  @Override
  public void handle(ByteBuffer bytes, Reply reply) {
    Message request;
    try {
      request = Message.decode(bytes);
    } catch (MalformedMessageException e) {
      reply.failure("malformed message: " + e.getMessage());
      return;
    }
    if (request instanceof ReplicaRequest.Locate locate && locate.to().run() == run) {
      reply.success(Message.encode(located()));
    } else {
      reply.failure("this driver does not serve " + request.type());
    }
  }

  private synchronized Answer located() {
    if (coordinator == null) {
      return rejected("the run has not begun");
    }
    List<String> failures = coordinator.failures();
    if (!failures.isEmpty()) {
      return rejected(failures.get(0));
    }
    List<Coordinator.Place> places = coordinator.places();
    return new ReplicaAnswer.Places(
        places.stream().mapToLong(Coordinator.Place::epoch).toArray(),
        places.stream().map(Coordinator.Place::primary).toList());
  }

  private static Answer rejected(String message) {
    return Answer.rejected(Response.Reason.UNKNOWN_RUN, message);
  }

  private Coordinator coordinator() {
    if (coordinator == null) {
      throw new IllegalStateException("the coordinator has not been started");
    }
    return coordinator;
  }

  private void tick() {
    try {
      List<String> all = new ArrayList<>();
      servers.get().forEach(address -> all.add(address.toString()));
      tick(all);
    } catch (RuntimeException e) {
      LOG.error("the coordinator could not do its round", e);
    }
  }

  private synchronized void tick(List<String> current) {
    long now = System.nanoTime();
    for (String server : listed) {
      if (!current.contains(server)) {
        // Spark says that the executor is gone; one that is decommissioned may still hand over.
        coordinator().refused(server, now);
      }
    }
    listed.clear();
    listed.addAll(current);
    Set<String> all = new HashSet<>();
    if (numTicks++ % TICKS_BETWEEN_OTHERS == 0) {
      all.addAll(current);
    }
    for (Coordinator.Place place : places()) {
      all.add(place.primary());
      if (place.backup() != null) {
        all.add(place.backup());
      }
    }
    for (String server : all) {
      if (asked.add(server)) {
        ask(server, current.contains(server));
      }
    }
    for (Command command : coordinator().tick(now)) {
      if (underWay.add(command)) {
        carryOut(command);
      }
    }
    List<Coordinator.Failover> failovers = coordinator().failovers();
    for (; numFailovers < failovers.size(); numFailovers++) {
      Coordinator.Failover failover = failovers.get(numFailovers);
      LOG.warn(
          "parameter server {} was lost; shard {} goes on at {} after {} ms",
          failover.lost(),
          failover.shard(),
          failover.promoted(),
          TimeUnit.NANOSECONDS.toMillis(failover.nanos()));
    }
    notifyAll();
  }

  /** How is a server, and what is it to the shards that should be there? */
  private void ask(String server, boolean mayJoin) {
    List<Integer> shards = new ArrayList<>();
    List<Coordinator.Place> before = places();
    for (int shard = 0; shard < before.size(); shard++) {
      Coordinator.Place place = before.get(shard);
      if (server.equals(place.primary()) || server.equals(place.backup())) {
        shards.add(shard);
      }
    }
    if (shards.isEmpty()) {
      shards.add(0);
    }
    List<CompletableFuture<Message>> answers = new ArrayList<>();
    for (int shard : shards) {
      boolean replaceable = coordinator().isReplaceable(shard, server);
      Request question = new ReplicaRequest.ReplicaStatus(new ShardId(run, shard), replaceable);
      answers.add(
          call(server, question)
              .whenComplete(
                  (answer, failure) -> heard(server, shard, before, mayJoin, answer, failure)));
    }
    CompletableFuture<Void> unused =
        CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
            .whenComplete(
                (done, failure) -> {
                  synchronized (this) {
                    asked.remove(server);
                  }
                });
  }

  private synchronized void heard(
      String server,
      int shard,
      List<Coordinator.Place> before,
      boolean mayJoin,
      @Nullable Message answer,
      @Nullable Throwable failure) {
    long now = System.nanoTime();
    if (answer == null) {
      if (isLost(failure)) {
        coordinator().refused(server, now);
      }
      return;
    }
    if (mayJoin) {
      coordinator().join(server, now);
    }
    coordinator().answered(server, now);
    if (!isLeaving(answer)) {
      leaving.remove(server);
    } else if (leaving.add(server)) {
      LOG.info("parameter server {} is leaving", server);
    }
    coordinator().leave(server, isLeaving(answer));
    if (!before.get(shard).equals(coordinator().places().get(shard))) {
      return; // an answer about the past
    }
    if (answer instanceof ReplicaAnswer.State state) {
      if (state.role() == Replica.Role.DEPOSED) {
        coordinator().deposed(shard, server);
      } else if (state.role() == Replica.Role.PRIMARY) {
        for (String follower : state.inSync()) {
          coordinator().inSync(shard, server, state.epoch(), follower);
        }
      }
    } else if (answer instanceof Answer.Rejected rejected && isGone(rejected.response().reason())) {
      coordinator().missing(shard, server);
    }
  }

  private static boolean isGone(Response.Reason reason) {
    return reason == Response.Reason.UNKNOWN_RUN || reason == Response.Reason.LEAVING;
  }

  private static boolean isLeaving(Message answer) {
    return (answer instanceof ReplicaAnswer.State state && state.leaving())
        || (answer instanceof Answer.Rejected rejected
            && rejected.response().reason() == Response.Reason.LEAVING);
  }

  private void carryOut(Command command) {
    LOG.info("{}", command);
    ShardId id = new ShardId(run, command.shard());
    Request request =
        switch (command.kind()) {
          case PROMOTE -> new ReplicaRequest.Promote(id, command.epoch());
          case FOLLOW -> new ReplicaRequest.Follow(id, command.epoch(), command.other());
          case UNFOLLOW -> new ReplicaRequest.Unfollow(id, command.epoch(), command.other());
          case RETIRE -> new ReplicaRequest.Retire(id, command.epoch());
        };
    CompletableFuture<Message> unused =
        call(command.server(), request)
            .whenComplete(
                (answer, failure) -> {
                  synchronized (this) {
                    underWay.remove(command);
                    boolean done =
                        command.kind() == Command.Kind.RETIRE
                            ? answer instanceof Answer.Done
                            : answer instanceof ReplicaAnswer.State state
                                && state.role() == Replica.Role.PRIMARY
                                && state.epoch() >= command.epoch();
                    if (done) {
                      coordinator().done(command, System.nanoTime());
                    }
                  }
                });
  }

  private CompletableFuture<Message> call(String server, Request request) {
    Endpoint own = endpoint;
    if (own == null) {
      return CompletableFuture.failedFuture(new IllegalStateException("not started"));
    }
    return own.call(
            Addresses.parse(server), request.type().toString(), Message.encode(request), CALL_WAIT)
        .thenApply(
            bytes -> {
              try {
                return Message.decode(bytes);
              } catch (MalformedMessageException e) {
                throw new CompletionException(e);
              }
            });
  }

  private static boolean isLost(@Nullable Throwable failure) {
    return failure instanceof ConnectionLostException
        || (failure != null && failure.getCause() instanceof ConnectionLostException);
  }

  /**
   * Forgets the run on every server that has a replica; waits for their answers.
   *
   * @return false if the coordinator was never started
   */
  public boolean closeShards(Endpoint own, Duration maxWait) throws InterruptedException {
    List<CompletableFuture<ByteBuffer>> answers = new ArrayList<>();
    Set<String> all = new HashSet<>();
    int numShards;
    synchronized (this) {
      if (coordinator == null) {
        return false;
      }
      all.addAll(coordinator.liveServers());
      numShards = coordinator.places().size();
    }
    for (String server : all) {
      for (int shard = 0; shard < numShards; shard++) {
        ByteBuffer close = Message.encode(new Request.CloseRun(new ShardId(run, shard)));
        answers.add(own.call(Addresses.parse(server), "closing the run", close, maxWait));
      }
    }
    for (CompletableFuture<ByteBuffer> answer : answers) {
      try {
        ByteBuffer unused = answer.get();
      } catch (ExecutionException e) {
        LOG.warn("the run could not be closed everywhere: {}", e.getMessage());
      }
    }
    return true;
  }

  /** Watches no more. */
  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
