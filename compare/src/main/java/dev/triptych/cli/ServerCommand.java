package dev.triptych.cli;

import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.server.ServerSettings;
import dev.triptych.core.InvalidInputException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
  @Spec CommandSpec spec;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description =
          "Where to listen; beyond this machine only with spark.authenticate (default: ${DEFAULT-VALUE}).")
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
    PrintWriter out = spec.commandLine().getOut();
    try (ParameterServer server =
        ParameterServer.start(new ServerSettings(conf, host, port, maxShardBytes, threads))) {
      out.println("parameter server listening on " + server.address());
      new CountDownLatch(1).await();
    }
    return ExitStatus.OK;
  }
}
