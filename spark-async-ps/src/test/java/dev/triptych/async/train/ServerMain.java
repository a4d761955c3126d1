package dev.triptych.async.train;

import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.server.ServerSettings;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.SparkConf;

/** A stand-alone server as a process of its own, until it is killed. */
final class ServerMain {
  private ServerMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
    ParameterServer server =
        ParameterServer.start(ServerSettings.of(new SparkConf(false), "127.0.0.1", port));
    System.out.println("listening on " + server.address());
    new CountDownLatch(1).await();
  }
}
