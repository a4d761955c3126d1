package dev.triptych.gossip.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.gossip.algorithm.GossipAlgorithms;
import dev.triptych.gossip.algorithm.RoundAlgorithm;
import dev.triptych.gossip.algorithm.SinglePrecision;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.MixingSequences;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Problems and settings that the trainer's tests share. */
final class GossipProblems {
  static final long SEED = 20261123;

  private GossipProblems() {}

  /** f_i(x) = ½(x − i)² on worker i. */
  static List<ExampleBlock> oneTargetEach(int numWorkers) {
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int i = 0; i < numWorkers; i++) {
      blocks.add(ExampleBlock.dense(1, new double[] {i}, new double[] {1}));
    }
    return blocks;
  }

  static Objective squaredInOneDimension() {
    return new Objective(new LinearModel(new SquaredLoss(), 1, false), 0);
  }

  static Objective logistic(int numFeatures) {
    return new Objective(new LinearModel(new LogisticLoss(), numFeatures, true), 1e-3);
  }

  static RunSettings settings(
      int workers,
      double epochs,
      int batch,
      double stepSize,
      Optimizer optimizer,
      @Nullable Double target) {
    return new RunSettings(
        workers,
        epochs,
        batch,
        StepSize.constant(stepSize),
        optimizer,
        target,
        SEED,
        Stragglers.none(),
        Duration.ofSeconds(30),
        20);
  }

  static GossipSettings on(RunSettings run, String graph, String algorithm) {
    return on(run, Topologies.byName(graph, run.numWorkers()), algorithm);
  }

  static GossipSettings on(RunSettings run, Topology graph, String algorithm) {
    return new GossipSettings(
        run,
        graph,
        MixingRules.defaultFor(graph).weights(graph),
        GossipAlgorithms.byName(algorithm),
        false);
  }

  /**
   * CHECKS 10: a node sends its degree times M bytes a round, M on one-peer graphs; half of it in
   * single precision. Six rounds of 8 nodes.
   */
  static void payloadIsDegreeTimesModel(BiFunction<Objective, GossipSettings, TrainingRun> train) {
    long model = 8L * (9 + 1);
    Map<String, Integer> degrees =
        Map.of("ring", 2, "exponential", 3, "complete", 7, "one-peer-exponential", 1);
    degrees.forEach(
        (graph, degree) -> {
          for (boolean single : new boolean[] {false, true}) {
            RoundAlgorithm algorithm = (RoundAlgorithm) GossipAlgorithms.byName("dpsgd");
            MixingSequence mixing =
                MixingSequences.isName(graph)
                    ? MixingSequences.byName(graph, 8)
                    : MixingSequence.constant(
                        MixingRules.byName("uniform").weights(Topologies.byName(graph, 8)));
            TrainingRun trained =
                train.apply(
                    logistic(9),
                    new GossipSettings(
                        settings(8, 6, 0, 0.1, new Sgd(), null),
                        mixing.union(graph),
                        mixing,
                        single ? new SinglePrecision(algorithm) : algorithm,
                        false));

            assertThat(trained.updates()).isEqualTo(6);
            assertThat(trained.bytesSent())
                .as(graph)
                .isEqualTo(6L * 8 * degree * model / (single ? 2 : 1));
            assertThat(trained.bytesReceived()).isEqualTo(trained.bytesSent());
          }
        });
  }

  /** Serial mini-batch SGD over one block, with core classes only. */
  static double[] serialSgd(Objective objective, ExampleBlock block, RunSettings run, long steps) {
    int length = objective.model().numParameters();
    double[] weights = new double[length];
    double[] gradient = new double[length];
    OptimizerState state = run.optimizer().newState(length);
    BatchSampler sampler = new BatchSampler(block.numRows(), run.batchSize(), run.seed(), 0);
    for (long step = 0; step < steps; step++) {
      int from = sampler.seek(step);
      objective.batchGradient(
          block, sampler.rows(), from, from + sampler.batchSize(), weights, gradient);
      double epochs = step * ((double) sampler.batchSize() / block.numRows());
      run.optimizer().apply(weights, gradient, run.stepSize().at(epochs), state);
    }
    return weights;
  }

  /** (1/N) Σ (x_i − x̄)² of one-dimensional nodes. */
  static double meanSquaredError(double[][] nodeWeights) {
    double mean = 0;
    for (double[] weights : nodeWeights) {
      mean += weights[0] / nodeWeights.length;
    }
    double error = 0;
    for (double[] weights : nodeWeights) {
      error += (weights[0] - mean) * (weights[0] - mean) / nodeWeights.length;
    }
    return error;
  }
}
