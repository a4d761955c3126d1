package dev.triptych.async.api;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterServerException;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.plugin.ServerDirectory;
import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.SliceSnapshot;
import dev.triptych.async.store.RangePartition;
import dev.triptych.async.train.StandaloneServers;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run of one's own as the driver sees it: opens the parameters on their servers, all zero, hands
 * out a {@link RunHandle} for the tasks, and reads the weights. Closing it forgets them.
 * Thread-safe.
 */
public final class ParameterRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ParameterRun.class);
  private static final int EVENT_LOOPS = 2;
  private static final int MIN_SNAPSHOTS = 4;

  private final Endpoint endpoint;
  private final @Nullable ParameterServer ownServer;
  private final DriverClient client;
  private final RunHandle handle;

  private ParameterRun(
      Endpoint endpoint,
      @Nullable ParameterServer ownServer,
      DriverClient client,
      RunHandle handle) {
    this.endpoint = endpoint;
    this.ownServer = ownServer;
    this.client = client;
    this.handle = handle;
  }

  /**
   * Opens a run.
   *
   * @throws dev.triptych.core.InvalidInputException if a stand-alone server does not answer
   * @throws ParameterServerException if a server refuses it
   */
  public static ParameterRun open(SparkContext spark, ParameterRunSettings settings) {
    ServerDirectory directory = ServerDirectory.current();
    ParameterServer ownServer = null;
    Endpoint endpoint = null;
    try {
      List<Address> servers;
      if (!settings.addresses().isEmpty()) {
        servers = settings.addresses();
        StandaloneServers.reach(servers);
      } else if (directory != null) {
        int processes = spark.statusTracker().getExecutorInfos().length;
        int executors = spark.isLocal() ? processes : Math.max(1, processes - 1);
        servers = directory.await(Math.min(settings.servers(), executors), settings.maxWait());
      } else {
        ownServer = ParameterServer.start("parameter server", EVENT_LOOPS);
        servers = List.of(ownServer.address());
      }
      endpoint =
          Endpoint.open(
              "driver of a run", 1, (request, reply) -> reply.failure("this driver serves nobody"));
      List<Address> byShard = new ArrayList<>();
      for (int shard = 0; shard < settings.servers(); shard++) {
        byShard.add(servers.get(shard % servers.size()));
      }
      RunLocation location =
          new RunLocation(new SplittableRandom().nextLong(), settings.numParameters(), byShard);
      DriverClient client = new DriverClient(endpoint, location, settings.maxWait());
      client.open(length -> shardSettings(settings, length));
      return new ParameterRun(
          endpoint,
          ownServer,
          client,
          new RunHandle(location, settings.numWorkers(), settings.maxWait()));
    } catch (Throwable t) {
      if (endpoint != null) {
        endpoint.close();
      }
      if (ownServer != null) {
        ownServer.close();
      }
      if (t instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while opening a run", t);
      }
      if (t instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) t;
    }
  }

  private static ShardSettings shardSettings(ParameterRunSettings settings, int length) {
    return new ShardSettings(
        settings.numWorkers(),
        length,
        settings.optimizer(),
        settings.stepSize(),
        settings.consistency(),
        settings.numWorkers(),
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        MIN_SNAPSHOTS);
  }

  /** What the tasks need; serializable. */
  public RunHandle handle() {
    return handle;
  }

  /** All weights as they are now. While workers push, shards may be at different versions. */
  public double[] weights() {
    RangePartition partition = handle.location().partition();
    double[] weights = new double[partition.numParameters()];
    try {
      List<SliceSnapshot> slices = client.current();
      for (int shard = 0; shard < slices.size(); shard++) {
        slices
            .get(shard)
            .weights()
            .duplicate()
            .get(weights, partition.start(shard), partition.length(shard));
      }
      return weights;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while fetching the weights", e);
    }
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (ParameterServerException e) {
      LOG.warn("the run could not be closed: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      endpoint.close();
      if (ownServer != null) {
        ownServer.close();
      }
    }
  }
}
