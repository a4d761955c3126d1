package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.train.AsyncSettings;
import dev.triptych.async.train.AsyncTrainer;
import dev.triptych.async.train.Deployment;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.gossip.algorithm.GossipAlgorithms;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.gossip.train.GossipSettings;
import dev.triptych.gossip.train.GossipTrainer;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.sync.SyncSettings;
import dev.triptych.sync.SyncTrainer;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The three trainers are one algorithm where theory says so: synchronous mini-batch = parameter
 * server with BSP = SSP with s = 0 = adapt-then-combine gossip on the complete graph with weights
 * 1/n (for SGD, whose step is linear in the gradient), and with one worker all of them are serial
 * SGD.
 */
@Timeout(180)
class EquivalenceIT {
  private static final long SEED = 77;
  private static final int FEATURES = 9;

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "adagrad", "adam"})
  void synchronousIsBspIsSspZeroForEveryOptimizer(String optimizer) {
    RunSettings run = settings(4, optimizer);
    TrainingData data = data(4);
    double[] sync = sync(data, run);
    assertThat(async(data, run, 1, Consistency.bsp()))
        .as("bsp, seed %d", SEED)
        .containsExactly(sync, within(1e-12));
    assertThat(async(data, run, 3, Consistency.bsp()))
        .as("bsp, 3 servers")
        .containsExactly(sync, within(1e-12));
    assertThat(async(data, run, 1, Consistency.ssp(0)))
        .as("ssp(0)")
        .containsExactly(sync, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void adaptThenCombineOnTheCompleteGraphIsSynchronousSgd(int workers) {
    RunSettings run = settings(workers, "sgd");
    TrainingData data = data(workers);
    assertThat(gossip(data, run, "complete", "dpsgd-atc"))
        .as("seed %d", SEED)
        .containsExactly(sync(data, run), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "adagrad", "adam"})
  void withOneWorkerAllModesAreSerialSgdBitForBit(String optimizer) {
    RunSettings run = settings(1, optimizer);
    TrainingData data = data(1);
    double[] sync = sync(data, run);
    assertThat(async(data, run, 2, Consistency.asp())).containsExactly(sync);
    assertThat(gossip(data, run, "complete", "dpsgd")).containsExactly(sync);
    assertThat(gossip(data, run, "complete", "dpsgd-atc")).containsExactly(sync);
  }

  private static double[] sync(TrainingData data, RunSettings run) {
    return new SyncTrainer()
        .train(
            objective(),
            data,
            new SyncSettings(run, SyncSettings.Algorithm.SGD),
            ProgressListener.SILENT)
        .weights();
  }

  private static double[] async(
      TrainingData data, RunSettings run, int servers, Consistency consistency) {
    return new AsyncTrainer()
        .train(
            objective(),
            data,
            AsyncSettings.of(run, servers, Deployment.DRIVER, consistency),
            ProgressListener.SILENT)
        .weights();
  }

  private static double[] gossip(
      TrainingData data, RunSettings run, String topology, String algorithm) {
    Topology graph = Topologies.byName(topology, run.numWorkers());
    return new GossipTrainer()
        .train(
            objective(),
            data,
            new GossipSettings(
                run,
                graph,
                MixingRules.byName("uniform").weights(graph),
                GossipAlgorithms.byName(algorithm),
                false),
            ProgressListener.SILENT)
        .weights();
  }

  private static Objective objective() {
    return new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), 1e-2);
  }

  private static RunSettings settings(int workers, String optimizerName) {
    Optimizer optimizer = Optimizers.byName(optimizerName).orElseThrow();
    return new RunSettings(
        workers,
        3,
        10,
        new StepSize(StepSize.Schedule.INVERSE_SQRT, 0.1),
        optimizer,
        null,
        SEED,
        Stragglers.none(),
        Duration.ofSeconds(30),
        10);
  }

  private static TrainingData data(int workers) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      int rows = 40;
      double[] labels = new double[rows];
      double[] values = new double[rows * FEATURES];
      for (int r = 0; r < rows; r++) {
        double score = 0;
        for (int j = 0; j < FEATURES; j++) {
          values[r * FEATURES + j] = random.nextDouble(-1, 1);
          score += values[r * FEATURES + j] * (j % 3 - 1);
        }
        labels[r] = score + random.nextDouble(-1, 1) > 0 ? 1 : -1;
      }
      blocks.add(ExampleBlock.dense(FEATURES, labels, values));
    }
    return DataLoader.fromBlocks(SparkSessions.local2Context(), blocks);
  }
}
