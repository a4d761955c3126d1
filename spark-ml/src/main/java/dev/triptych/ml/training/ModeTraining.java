package dev.triptych.ml.training;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.train.AsyncSettings;
import dev.triptych.async.train.AsyncTrainer;
import dev.triptych.async.train.Deployment;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AutoStepSize;
import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.DivergenceRule;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.gossip.algorithm.GossipAlgorithms;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.MixingSequences;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.gossip.train.GossipSettings;
import dev.triptych.gossip.train.GossipTrainer;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.sync.SyncSettings;
import dev.triptych.sync.SyncTrainer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** Trains in the mode that an estimator's params name. */
public final class ModeTraining {
  /** Longest time anything waits for anyone before the run fails and says for whom. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(5);

  private static final int SNAPSHOTS = 60;

  /** More than an iteration ever takes: its line search is bounded too. */
  private static final double PASSES = 50;

  private ModeTraining() {}

  /**
   * One run.
   *
   * @param maxIter iterations of {@code lbfgs}
   * @param tol tolerance of {@code lbfgs}
   * @throws IllegalStateException if the run diverged
   */
  public static TrainingRun train(
      ModeParams<?> params, Objective objective, TrainingData data, int maxIter, double tol) {
    TrainingRun run =
        DivergenceRule.judge(
            switch (params.getMode()) {
              case "sync" -> sync(params, objective, data, maxIter, tol);
              case "async" ->
                  new AsyncTrainer()
                      .train(
                          objective,
                          data,
                          AsyncSettings.of(
                              stochastic(params, objective, data, false),
                              params.getNumServers(),
                              Deployment.valueOf(params.getDeployment().toUpperCase(Locale.ROOT)),
                              consistency(params)),
                          ProgressListener.SILENT);
              default ->
                  new GossipTrainer()
                      .train(
                          objective,
                          data,
                          gossip(params, stochastic(params, objective, data, false)),
                          ProgressListener.SILENT);
            });
    if (run.stopReason() == StopReason.DIVERGED) {
      throw new IllegalStateException(
          params.uid()
              + ": training diverged at update "
              + run.divergedAtUpdate()
              + "; try a smaller stepSize");
    }
    return run;
  }

  private static TrainingRun sync(
      ModeParams<?> params, Objective objective, TrainingData data, int maxIter, double tol) {
    SyncSettings.Algorithm algorithm =
        Arrays.stream(SyncSettings.Algorithm.values())
            .filter(each -> each.optionName().equals(params.getSyncAlgorithm()))
            .findFirst()
            .orElseThrow();
    RunSettings run =
        algorithm == SyncSettings.Algorithm.LBFGS
            ? settings(params, data, 1 + PASSES * maxIter, 0, StepSize.constant(1), "sgd")
            : stochastic(params, objective, data, !algorithm.drawsMiniBatches());
    return new SyncTrainer()
        .train(
            objective,
            data,
            new SyncSettings(run, algorithm, tol).withMaxIterations(maxIter),
            ProgressListener.SILENT);
  }

  private static RunSettings stochastic(
      ModeParams<?> params, Objective objective, TrainingData data, boolean fullBatchDescent) {
    boolean plain = fullBatchDescent && !params.isSet(params.optimizer());
    String optimizer = plain ? "sgd" : params.getOptimizer();
    double curvature =
        objective.model().curvatureBound(data.meanSquaredNorm()) + objective.lambda();
    double initial =
        params.isSet(params.stepSize())
            ? params.getStepSize()
            : AutoStepSize.of(
                optimizer,
                Math.max(curvature, 1e-12),
                data.meanSquaredNorm(),
                (double) data.numStored() / data.numRows());
    StepSize.Schedule schedule =
        params.isDefined(params.schedule())
            ? Arrays.stream(StepSize.Schedule.values())
                .filter(each -> each.optionName().equals(params.getSchedule()))
                .findFirst()
                .orElseThrow()
            : plain ? StepSize.Schedule.CONSTANT : AutoStepSize.schedule(optimizer);
    return settings(
        params,
        data,
        params.getEpochs(),
        params.getBatchSize(),
        new StepSize(schedule, initial),
        optimizer);
  }

  private static RunSettings settings(
      ModeParams<?> params,
      TrainingData data,
      double epochs,
      int batchSize,
      StepSize stepSize,
      String optimizer) {
    return new RunSettings(
        data.numWorkers(),
        epochs,
        batchSize,
        stepSize,
        Optimizers.byName(optimizer).orElseThrow(),
        null,
        params.getSeed(),
        Stragglers.none(),
        MAX_WAIT,
        SNAPSHOTS);
  }

  private static Consistency consistency(ModeParams<?> params) {
    return switch (params.getConsistency()) {
      case "bsp" -> Consistency.bsp();
      case "ssp" -> {
        if (!params.isDefined(params.staleness())) {
          throw new IllegalArgumentException(
              params.uid() + ": consistency ssp needs the param staleness");
        }
        yield Consistency.ssp(params.getStaleness());
      }
      default -> Consistency.asp();
    };
  }

  private static GossipSettings gossip(ModeParams<?> params, RunSettings run) {
    String name = params.getTopology();
    Topology topology;
    MixingSequence mixing;
    if (MixingSequences.isName(name)) {
      mixing = MixingSequences.byName(name, run.numWorkers());
      topology = mixing.union(name);
    } else {
      topology = Topologies.byName(name, run.numWorkers());
      mixing =
          MixingSequence.constant(
              (params.isDefined(params.mixing())
                      ? MixingRules.byName(params.getMixing())
                      : MixingRules.defaultFor(topology))
                  .weights(topology));
    }
    return new GossipSettings(
        run, topology, mixing, GossipAlgorithms.byName(params.getGossipAlgorithm()), false);
  }
}
