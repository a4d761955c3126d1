package dev.triptych.async.plugin;

import dev.triptych.async.metrics.ServerMetrics;
import dev.triptych.async.server.ParameterServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a parameter server and registers it, on a thread of its own: in local mode the executor
 * knows its host only after its plugins are up, and an exception here would make Spark relaunch the
 * executor for ever.
 */
final class ExecutorSide implements ExecutorPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorSide.class);
  private static final int EVENT_LOOPS = 2;
  private static final long MAX_START_NANOS = 60_000_000_000L;
  private static final long POLL_NANOS = 20_000_000L;

  /** Spark kills an executor of its standalone master 10 s after it was told to end. */
  private static final Duration MAX_LEAVE = Duration.ofSeconds(8);

  private @Nullable ParameterServer server;
  private boolean stopped;

  @Override
  public void init(PluginContext context, Map<String, String> extraConf) {
    // Spark takes the plugin's metrics over when this returns.
    ServerMetrics metrics = new ServerMetrics(context.metricRegistry());
    Thread starter = new Thread(() -> start(context, metrics), "triptych-server-start");
    starter.setDaemon(true);
    starter.start();
  }

  private void start(PluginContext context, ServerMetrics metrics) {
    try {
      if (!hostIsKnown()) {
        LOG.error("no parameter server here: the executor did not learn its host in time");
        return;
      }
      ParameterServer started = ParameterServer.start("parameter server", EVENT_LOOPS, metrics);
      if (keep(started)) {
        Object answer = context.ask(ServerDirectory.entry(context.executorID(), started.address()));
        LOG.info("parameter server at {}: {}", started.address(), answer);
      }
    } catch (Exception e) {
      LOG.error("no parameter server here", e);
    }
  }

  private static boolean hostIsKnown() {
    long deadline = System.nanoTime() + MAX_START_NANOS;
    while (System.nanoTime() < deadline) {
      SparkEnv env = SparkEnv.get();
      if (env != null && env.blockManager().blockManagerId() != null) {
        return true;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return false;
  }

  private synchronized boolean keep(ParameterServer started) {
    if (stopped) {
      started.close();
      return false;
    }
    server = started;
    return true;
  }

  /**
   * Spark stops the executor in an orderly way: at the end of the application, because it was idle,
   * or decommissioned. What its server has of a running training goes elsewhere first.
   */
  @Override
  public synchronized void shutdown() {
    stopped = true;
    if (server == null) {
      return;
    }
    try {
      int left = server.leave(MAX_LEAVE);
      if (left > 0) {
        LOG.warn("{} shards end with this executor, no other server takes them", left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.close();
    }
  }
}
