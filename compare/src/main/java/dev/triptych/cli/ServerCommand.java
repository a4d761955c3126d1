package dev.triptych.cli;

import dev.triptych.async.server.HealthServer;
import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.server.ServerSettings;
import dev.triptych.core.InvalidInputException;
import dev.triptych.spark.transport.Address;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A parameter server in a process of its own; runs until it is told to stop. */
@Command(
    name = "server",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = "A stand-alone parameter server, for --deployment standalone.")
final class ServerCommand implements Callable<Integer> {
  /** Kubernetes kills after 30 s unless told otherwise. */
  private static final Duration MAX_STOP = Duration.ofSeconds(20);

  private static final long MIN_STOP_NANOS = TimeUnit.SECONDS.toNanos(1);

  @Spec CommandSpec spec;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description =
          "Where to listen; beyond this machine only with spark.authenticate (default:"
              + " ${DEFAULT-VALUE}).")
  String host = "127.0.0.1";

  @Option(
      names = "--port",
      defaultValue = "7171",
      description = "Where to listen, 0 for any free port (default: ${DEFAULT-VALUE}).")
  int port = 7171;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "For the parameters of all runs, such as 512m or 4g (default: half the heap).")
  @Nullable String memory;

  @Option(
      names = "--threads",
      defaultValue = "2",
      description = "Event loops for connections (default: ${DEFAULT-VALUE}).")
  int threads = 2;

  @Option(
      names = "--health-port",
      paramLabel = "PORT",
      description =
          "Answer /healthz, /readyz and /metrics over HTTP on the same host, 0 for any free port"
              + " (default: do not).")
  @Nullable Integer healthPort;

  @Option(
      names = "--snapshot-dir",
      paramLabel = "DIR",
      description =
          "When told to stop, leave all shards here; when started, go on with those that were left"
              + " (default: they move to other servers of their runs; without any the runs end).")
  @Nullable Path snapshotDir;

  @Mixin SparkConfOptions settings = new SparkConfOptions();

  @Override
  public Integer call() throws InterruptedException {
    SparkConf conf = settings.conf();
    if (port < 0 || port > 65_535) {
      throw new InvalidInputException("--port: expected 0 to 65535, got " + port);
    }
    if (threads < 1) {
      throw new InvalidInputException("--threads: expected at least 1, got " + threads);
    }
    long maxShardBytes = MemorySize.ofHeap("--memory", memory);
    Integer health = healthPort;
    if (health != null && (health < 0 || health > 65_535)) {
      throw new InvalidInputException("--health-port: expected 0 to 65535, got " + health);
    }
    try (ParameterServer server =
        ParameterServer.start(new ServerSettings(conf, host, port, maxShardBytes, threads))) {
      if (snapshotDir != null) {
        int left = server.takeUp(snapshotDir);
        if (left > 0) {
          out().println("going on with %d shards from %s".formatted(left, snapshotDir));
        }
      }
      if (health == null) {
        return serve(server);
      }
      try (HealthServer healthServer = HealthServer.start(server, host, health)) {
        out().println("health at http://" + new Address(host, healthServer.port()) + "/healthz");
        return serve(server);
      }
    }
  }

  /** Until the JVM is told to end, by SIGTERM or SIGINT. */
  private int serve(ParameterServer server) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = new Thread(() -> stop(server, ended), "triptych-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    out().println("parameter server listening on " + server.address());
    ended.await();
    return ExitStatus.OK;
  }

  private void stop(ParameterServer server, CountDownLatch ended) {
    try {
      out().println("stopping");
      long deadline = System.nanoTime() + MAX_STOP.toNanos();
      if (snapshotDir == null) {
        int left = server.leave(MAX_STOP);
        if (left > 0) {
          out().println("%d shards end here, no other server takes them".formatted(left));
        }
      }
      Duration rest = Duration.ofNanos(Math.max(MIN_STOP_NANOS, deadline - System.nanoTime()));
      if (server.stop(snapshotDir, rest)) {
        out().println("stopped");
      } else {
        out().println("stopped, but a shard was still busy after " + MAX_STOP.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.close();
      ended.countDown();
      // What the signal would make it 143 otherwise.
      Runtime.getRuntime().halt(ExitStatus.OK);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
