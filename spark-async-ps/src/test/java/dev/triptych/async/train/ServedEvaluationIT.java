package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterClient;
import dev.triptych.async.client.Pulled;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.SliceSnapshot;
import dev.triptych.async.shard.SnapshotSummary;
import dev.triptych.async.store.RangePartition;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.TracePoint;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.SnapshotEvaluator;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.worker.WorkerGroup;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ServedEvaluationIT {
  private static final int FEATURES = 5000;
  private static final int UPDATES = 3;
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);

  @Test
  void evaluatingAtTheServersGivesTheObjectivesAndMetricsOfWholeVectors() throws Exception {
    JavaSparkContext spark = SparkSessions.local2Context();
    List<ExampleBlock> blocks = Problems.sparseLogistic(3, 60, FEATURES, 10);
    TrainingData data =
        Problems.data(spark, blocks)
            .withTest(
                spark.parallelize(Problems.sparseLogistic(2, 30, FEATURES, 20).subList(1, 2), 1));
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), 0.01);
    int numParameters = objective.model().numParameters();
    try (ParameterServer server = ParameterServer.start("server of a test", 1);
        Endpoint endpoint = Endpoint.open("test", 1, (request, reply) -> reply.failure("no"))) {
      List<Address> servers = List.of(server.address(), server.address(), server.address());
      RunLocation location = new RunLocation(Problems.SEED, numParameters, servers);
      DriverClient control = new DriverClient(endpoint, location, MAX_WAIT);
      control.open(ServedEvaluationIT::shardSettings);
      push(new ParameterClient(endpoint, location, 0, 0, MAX_WAIT), numParameters);

      List<SnapshotSummary> kept = control.keepAndList(0, objective.model().numPenalised());
      List<TracePoint> served =
          new ServedEvaluation(objective, data, WorkerGroup.ofCompact(data, 2), location, MAX_WAIT)
              .trace(kept);

      List<Snapshot> whole = whole(control, location, kept);
      List<TracePoint> expected = SnapshotEvaluator.trace(objective, data, whole);
      assertThat(served).hasSize(UPDATES + 1);
      for (int i = 0; i < served.size(); i++) {
        assertThat(served.get(i).updates()).isEqualTo(i);
        assertThat(served.get(i).objective())
            .as("seed %d, update %d", Problems.SEED, i)
            .isCloseTo(expected.get(i).objective(), within(1e-12));
        assertThat(served.get(i).testMetric()).isEqualTo(expected.get(i).testMetric());
      }
      assertThat(served.get(0).objective()).isCloseTo(Math.log(2), within(1e-12));
      assertThat(served.get(UPDATES).objective()).isNotCloseTo(Math.log(2), within(0.1));
    }
  }

  private static ShardSettings shardSettings(int length) {
    return new ShardSettings(
        1,
        length,
        new Sgd(),
        StepSize.constant(1),
        Consistency.asp(),
        180,
        1_000_000,
        1,
        40,
        DelayRules.none());
  }

  /** Dense random gradients, so that features which no row stores have weights too. */
  private static void push(ParameterClient client, int numParameters) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(Problems.SEED);
    long step = DriverClient.join(client.hello());
    double[] weights = new double[numParameters];
    Pulled pulled = DriverClient.join(client.pull(step, null, weights));
    for (int update = 0; update < UPDATES; update++) {
      double[] gradient = random.doubles(numParameters, -1, 1).toArray();
      pulled =
          DriverClient.join(
              client.pushPull(update, pulled.versions(), 1, null, gradient, null, weights));
    }
  }

  private static List<Snapshot> whole(
      DriverClient control, RunLocation location, List<SnapshotSummary> kept)
      throws InterruptedException {
    RangePartition partition = location.partition();
    List<Snapshot> whole = new ArrayList<>();
    for (SnapshotSummary summary : kept) {
      List<SliceSnapshot> slices = control.snapshotFrom(summary.version());
      assertThat(slices).isNotNull();
      double[] weights = new double[location.numParameters()];
      for (int shard = 0; shard < slices.size(); shard++) {
        slices
            .get(shard)
            .weights()
            .duplicate()
            .get(weights, partition.start(shard), partition.length(shard));
      }
      whole.add(new Snapshot(summary.version(), 0, 0, 0, weights, null, null));
    }
    return whole;
  }
}
