package dev.triptych.spark.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.RequestHandler;
import dev.triptych.spark.transport.TransportException;
import dev.triptych.testing.SparkSessions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks in two executor processes find each other through the driver and then talk directly. */
@Timeout(180)
class LocalClusterIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Map<String, String> SECURE =
      Map.of(
          "spark.authenticate", "true",
          "spark.authenticate.secret", "correct horse",
          "spark.network.crypto.enabled", "true");

  @Test
  void executorsTalkToEachOtherDirectly() throws Exception {
    try (SparkSession session = SparkSessions.localCluster(Map.of());
        RunControl control = RunControl.open("r1", 2, LONG)) {
      assertThatNeighboursMet(meetNeighbours(session, control.address()));
      assertThat(control.allJoined().get(0, TimeUnit.SECONDS)).isPositive();
      assertThat(Set.copyOf(control.addresses().values())).hasSize(2);
    }
  }

  @Test
  void executorsTalkToEachOtherEncryptedAndStrangersAreRefused() throws Exception {
    try (SparkSession session = SparkSessions.localCluster(SECURE);
        RunControl control = RunControl.open("r1", 2, LONG);
        Endpoint stranger =
            Endpoint.open(
                "stranger",
                1,
                (request, reply) -> reply.failure("no"),
                new SparkConf(false),
                "127.0.0.1",
                0)) {
      RunControlClient intruder = RunControlClient.connect(stranger, control.address());
      assertThatThrownBy(() -> intruder.join(new int[] {0}, 0, stranger.address()))
          .isInstanceOf(TransportException.class);
      assertThat(control.missingWorkers()).containsExactly(0, 1);

      assertThatNeighboursMet(meetNeighbours(session, control.address()));
    }
  }

  /** One line per task: its worker, its process, and the process of its neighbour. */
  private static List<String> meetNeighbours(SparkSession session, RunAddress run) {
    return JavaSparkContext.fromSparkContext(session.sparkContext())
        .parallelize(List.of(0, 1), 2)
        .map(worker -> meetNeighbour(worker, run))
        .collect();
  }

  private static String meetNeighbour(int worker, RunAddress run) throws Exception {
    String process = SparkEnv.get().executorId() + "@" + ProcessHandle.current().pid();
    byte[] name = process.getBytes(StandardCharsets.UTF_8);
    CountDownLatch called = new CountDownLatch(1);
    RequestHandler tellName =
        (request, reply) -> {
          reply.success(ByteBuffer.wrap(name));
          called.countDown();
        };
    try (Endpoint endpoint = Endpoint.open("worker " + worker, 1, tellName)) {
      RunControlClient control = RunControlClient.connect(endpoint, run);
      int attempt = TaskContext.get().attemptNumber();
      Map<Integer, Address> members = control.join(new int[] {worker}, attempt, endpoint.address());
      Address neighbour = members.get(1 - worker);
      ByteBuffer reply = endpoint.call(neighbour, ByteBuffer.allocate(1), LONG).get();
      String met = StandardCharsets.UTF_8.decode(reply).toString();
      // Nobody leaves before the neighbour has called.
      assertThat(called.await(60, TimeUnit.SECONDS)).isTrue();
      return worker + " in " + process + " met " + met;
    }
  }

  private static void assertThatNeighboursMet(List<String> lines) {
    assertThat(lines).hasSize(2);
    List<String> processes = new ArrayList<>();
    for (String line : lines) {
      processes.add(line.split(" ")[2]);
    }
    assertThat(Set.copyOf(processes)).as(lines.toString()).hasSize(2);
    assertThat(lines.get(0)).isEqualTo("0 in " + processes.get(0) + " met " + processes.get(1));
    assertThat(lines.get(1)).isEqualTo("1 in " + processes.get(1) + " met " + processes.get(0));
    assertThat(processes).noneMatch(p -> p.endsWith("@" + ProcessHandle.current().pid()));
  }
}
