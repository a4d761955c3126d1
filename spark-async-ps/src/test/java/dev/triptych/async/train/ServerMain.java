package dev.triptych.async.train;

import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.server.ServerSettings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.SparkConf;

/** A stand-alone server as a process of its own, until it is killed or told to leave. */
final class ServerMain {
  private ServerMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
    ParameterServer server =
        ParameterServer.start(ServerSettings.of(new SparkConf(false), "127.0.0.1", port));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(server), "leave"));
    System.out.println("listening on " + server.address());
    new CountDownLatch(1).await();
  }

  private static void leave(ParameterServer server) {
    try {
      int left = server.leave(Duration.ofSeconds(20));
      server.close();
      System.out.println("left with " + left + " shards");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
