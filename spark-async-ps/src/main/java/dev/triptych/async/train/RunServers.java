package dev.triptych.async.train;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterServerException;
import dev.triptych.async.client.RunCoordinator;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.plugin.ServerDirectory;
import dev.triptych.async.replica.Coordinator;
import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.InvalidInputException;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one run as its driver sees them: found, asked, moved about while the run goes on,
 * and closed.
 */
final class RunServers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunServers.class);
  private static final int SERVER_EVENT_LOOPS = 2;
  private static final Duration MAX_CLOSE = Duration.ofSeconds(3);
  private static final Duration MAX_SILENCE = Duration.ofMillis(1500);
  private static final Duration MAX_REFUSED = Duration.ofMillis(500);
  private static final Duration MAX_REFUSED_ALONE = Duration.ofSeconds(3);

  private final AsyncSettings settings;
  private final Endpoint endpoint;
  private final @Nullable ParameterServer ownServer;
  private final RunLocation location;
  private final List<Address> atTheBeginning;
  private final @Nullable RunCoordinator coordinator;
  private volatile DriverClient client;

  private RunServers(
      AsyncSettings settings,
      int numParameters,
      @Nullable ParameterServer ownServer,
      List<Address> servers) {
    this.settings = settings;
    this.ownServer = ownServer;
    atTheBeginning = List.copyOf(servers);
    long runId = new SplittableRandom().nextLong();
    coordinator =
        ownServer != null
            ? null
            : new RunCoordinator(runId, settings.durability().replicas(), () -> present(settings));
    endpoint =
        Endpoint.open(
            "driver of an asynchronous run",
            1,
            coordinator == null
                ? (request, reply) -> reply.failure("this driver serves nobody")
                : coordinator);
    List<Address> byShard = new ArrayList<>();
    for (int shard = 0; shard < settings.servers(); shard++) {
      byShard.add(servers.get(shard % servers.size()));
    }
    location =
        new RunLocation(
            runId, numParameters, byShard, coordinator == null ? null : endpoint.address());
    client = new DriverClient(endpoint, fixed(), settings.run().maxWait());
  }

  /** Finds the servers, or starts one here; no shard is opened yet. */
  static RunServers open(JavaSparkContext spark, AsyncSettings settings, int numParameters)
      throws InterruptedException {
    ParameterServer ownServer = null;
    List<Address> servers =
        switch (settings.deployment()) {
          case DRIVER -> {
            ownServer = ParameterServer.start("parameter server", SERVER_EVENT_LOOPS);
            yield List.of(ownServer.address());
          }
          case EXECUTORS -> executorServers(spark, settings);
          case STANDALONE -> {
            StandaloneServers.reach(settings.addresses());
            yield settings.addresses();
          }
        };
    requireServers(settings, servers);
    return new RunServers(settings, numParameters, ownServer, servers);
  }

  private static void requireServers(AsyncSettings settings, List<Address> servers) {
    int replicas = settings.durability().replicas();
    if (servers.size() < replicas) {
      throw new InvalidInputException(
          "--replicas %d: needs as many parameter server processes, --deployment %s has %d here"
              .formatted(replicas, settings.deployment().optionName(), servers.size()));
    }
  }

  /** The servers that a run may use now; executors come and go. */
  private static List<Address> present(AsyncSettings settings) {
    ServerDirectory directory = ServerDirectory.current();
    if (settings.deployment() == Deployment.EXECUTORS && directory != null) {
      return directory.servers();
    }
    List<Address> all = new ArrayList<>(settings.addresses());
    all.addAll(settings.spares());
    return all;
  }

  private static List<Address> executorServers(JavaSparkContext spark, AsyncSettings settings)
      throws InterruptedException {
    ServerDirectory directory = ServerDirectory.current();
    if (directory == null) {
      throw new InvalidInputException(
          "--deployment executors needs spark.plugins=dev.triptych.async.plugin.TriptychPlugin");
    }
    int processes = spark.sc().statusTracker().getExecutorInfos().length;
    int executors = spark.isLocal() ? processes : Math.max(1, processes - 1);
    int wanted = Math.max(settings.servers(), settings.durability().replicas());
    return directory.await(Math.min(wanted, executors), settings.run().maxWait());
  }

  RunLocation location() {
    return location;
  }

  /** To the shards, wherever they are now. */
  DriverClient client() {
    return client;
  }

  /** The shards are open: from here on they may move, and lost ones are replaced. */
  void start() throws InterruptedException {
    if (coordinator == null) {
      return;
    }
    // Without a backup there is nothing to win by giving a slow server up early.
    boolean replicated = settings.durability().replicas() > 1;
    coordinator.start(
        endpoint,
        location.servers(),
        atTheBeginning,
        replicated ? MAX_SILENCE : settings.run().maxWait(),
        replicated ? MAX_REFUSED : MAX_REFUSED_ALONE);
    client = new DriverClient(endpoint, location, coordinator, settings.run().maxWait());
    coordinator.awaitSettled(settings.run().maxWait());
  }

  /**
   * How the shards stand.
   *
   * @throws IllegalStateException if one is lost; tells what would have kept it
   */
  List<ShardStatus> status() throws InterruptedException {
    requireNoLoss();
    try {
      return client.status();
    } catch (ParameterServerException e) {
      requireNoLoss();
      throw e;
    }
  }

  /**
   * @throws IllegalStateException if a shard is lost; tells what would have kept it
   */
  void requireNoLoss() {
    String failure = coordinator == null ? null : coordinator.failure();
    if (failure != null) {
      throw new IllegalStateException(
          failure
              + (settings.durability().checkpoints() == null
                  ? "; --replicas 2 or --checkpoint-dir would have kept it"
                  : "; go on with --resume " + settings.durability().checkpoints().directory()));
    }
  }

  /** Shards moved by plan. */
  int numMoves() {
    return coordinator == null ? 0 : coordinator.numMoves();
  }

  /** Servers lost and replaced. */
  List<Coordinator.Failover> failovers() {
    return coordinator == null ? List.of() : coordinator.failovers();
  }

  /** The same, with the servers that the shards were opened on. */
  private RunLocation fixed() {
    return new RunLocation(location.run(), location.numParameters(), location.servers());
  }

  private void closeShards() throws InterruptedException {
    if (coordinator != null) {
      coordinator.close();
    }
    if (coordinator == null || !coordinator.closeShards(endpoint, MAX_CLOSE)) {
      new DriverClient(endpoint, fixed(), MAX_CLOSE).close();
    }
  }

  @Override
  public void close() throws InterruptedException {
    try {
      closeShards();
    } catch (ParameterServerException e) {
      LOG.warn("the run could not be closed: {}", e.getMessage());
    } finally {
      endpoint.close();
      if (ownServer != null) {
        ownServer.close();
      }
    }
  }
}
