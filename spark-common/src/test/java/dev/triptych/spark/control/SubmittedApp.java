package dev.triptych.spark.control;

import dev.triptych.spark.transport.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** An application for spark-submit: two tasks join a run and say where. */
public final class SubmittedApp {
  private SubmittedApp() {}

  public static void main(String[] args) throws IOException {
    try (SparkSession session = SparkSession.builder().appName("submitted").getOrCreate();
        RunControl control = RunControl.open("submitted", 2, Duration.ofSeconds(60))) {
      RunAddress run = control.address();
      List<String> executors =
          new ArrayList<>(
              JavaSparkContext.fromSparkContext(session.sparkContext())
                  .parallelize(List.of(0, 1), 2)
                  .map(worker -> join(worker, run))
                  .collect());
      executors.sort(null);
      System.out.println("joined on executors " + executors + " with argument " + args[0]);
    }
  }

  private static String join(int worker, RunAddress run) throws InterruptedException {
    try (Endpoint endpoint = Endpoint.open("worker", 1, (in, reply) -> reply.failure("none"))) {
      RunControlClient.connect(endpoint, run)
          .join(new int[] {worker}, TaskContext.get().attemptNumber(), endpoint.address());
      return SparkEnv.get().executorId();
    }
  }
}
