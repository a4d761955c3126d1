package dev.triptych.spark.transport;

import org.apache.spark.SparkConf;

/** A process that takes requests and never answers, to be killed by tests. */
final class SilentServer {
  private SilentServer() {}

  public static void main(String[] args) throws InterruptedException {
    try (Endpoint server =
        Endpoint.open("silent", 1, (in, reply) -> {}, new SparkConf(false), "127.0.0.1", 0)) {
      System.out.println("listening on " + server.address().port());
      Thread.currentThread().join(120_000);
    }
  }
}
