package dev.triptych.cli;

import dev.triptych.async.plugin.TriptychPlugin;
import dev.triptych.async.train.AsyncSettings;
import dev.triptych.async.train.AsyncTrainer;
import dev.triptych.async.train.Durability;
import dev.triptych.async.train.OrderFiles;
import dev.triptych.async.train.StandaloneServers;
import dev.triptych.async.train.Transport;
import dev.triptych.async.train.WeightsSink;
import dev.triptych.cli.live.LiveRuns;
import dev.triptych.cli.live.TrainingTab;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Model;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.DivergenceRule;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.gossip.train.GossipTrainer;
import dev.triptych.peer.MllibTrainer;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.worker.TaskSlots;
import dev.triptych.sync.SyncSettings;
import dev.triptych.sync.SyncTrainer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/**
 * Everything {@code train} and {@code compare} have in common: options, checks, and running one
 * mode.
 */
final class TrainingOptions {
  private static final int WARM_UP_STEPS = 40;

  /** Linear models with more weights are saved by an executor, past the driver. */
  private static final int MAX_COLLECTED = 1 << 22;

  @Mixin ProblemOptions problem = new ProblemOptions();

  @Mixin RunOptions run = new RunOptions();

  @Mixin SyncOptions sync = new SyncOptions();

  @Mixin AsyncOptions async = new AsyncOptions();

  @Mixin GossipOptions gossip = new GossipOptions();

  @Mixin SparkOptions spark = new SparkOptions();

  @Mixin OutputOptions output = new OutputOptions();

  private final LiveRuns live = new LiveRuns();
  private @Nullable Path out;

  /** Where the results go; models that the driver does not collect are saved there. */
  void resultsGoTo(Path folder) {
    out = folder;
  }

  /** Refuses bad options before Spark starts. */
  void check(Collection<Mode> modes) {
    problem.check();
    run.check();
    sync.check(run.workers, run.batch);
    async.check();
    if (modes.contains(Mode.ASYNC)) {
      async.checkTransports(run.optimizer == null ? "adagrad" : run.optimizer);
    }
    spark.check();
    gossip.check(
        run.workers,
        run.optimizer == null ? "adagrad" : run.optimizer,
        modes.contains(Mode.GOSSIP));
    if (modes.contains(Mode.GOSSIP) && run.isFtrl()) {
      throw new InvalidInputException(
          "--optimizer ftrl: gossip averages weights, which FTRL keeps as a function of its sums;"
              + " choose --modes sync,async");
    }
    if (run.isFtrl()) {
      async.checkConstantStepSize();
    }
    if (run.seeds > 1) {
      async.checkRepeatable();
    }
    if (modes.contains(Mode.MLLIB)
        && !MllibTrainer.canTrain(problem.model.problem, problem.elasticNet > 0)) {
      throw new InvalidInputException(
          "--modes mllib: MLlib has no estimator for the problem "
              + problem.model.problem
              + (problem.elasticNet > 0 ? " with an L1 penalty" : ""));
    }
  }

  /** The runs that these modes ask for, in their order. */
  List<Variant> variants(List<Mode> modes) {
    return Variant.repeated(Variant.of(modes, async.transports(), gossip.algorithms()), run.seeds);
  }

  SparkSession openSpark(Collection<Mode> modes) {
    boolean plugin = modes.contains(Mode.ASYNC) && async.onExecutors();
    return spark.open(plugin ? TriptychPlugin.class.getName() : null);
  }

  /** Waits for somewhere to run, then loads the problem and checks what depends on its size. */
  LoadedProblem load(SparkSession session, Collection<Mode> modes) {
    try {
      TaskSlots.await(session.sparkContext(), 1, run.longestWait());
    } catch (IllegalStateException e) {
      throw new InvalidInputException(
          "--master " + session.sparkContext().master() + ": " + e.getMessage(), e);
    }
    if (modes.contains(Mode.ASYNC)) {
      boolean local = session.sparkContext().isLocal();
      String master = session.sparkContext().master();
      async.transports().forEach(transport -> transport.checkMaster(local, master));
    }
    if (modes.contains(Mode.ASYNC) && async.isStandalone()) {
      reachServers();
    }
    LoadedProblem loaded = problem.load(session, run);
    if (run.isFtrl() && !loaded.objective().initialWeights(run.seed).areZero()) {
      throw new InvalidInputException(
          "--optimizer ftrl: its weights are a function of its sums and start at 0, where --problem "
              + problem.model.problem
              + " cannot start");
    }
    int numParameters = loaded.objective().model().numParameters();
    if (modes.contains(Mode.ASYNC) && async.numServers() > numParameters) {
      throw new InvalidInputException(
          "%s: %d shards are more than the "
                  .formatted(async.shards == null ? "--servers" : "--shards", async.numServers())
              + numParameters
              + " weights there are to share");
    }
    if (modes.contains(Mode.SYNC)
        && !sync.weightsOnDriver()
        && !output.noWeights
        && numParameters > MAX_COLLECTED) {
      throw new InvalidInputException(
          "--aggregation %s: %d weights are not brought to the driver, which saves at most %d; add --no-weights"
              .formatted(sync.aggregation(), numParameters, MAX_COLLECTED));
    }
    return loaded;
  }

  private void reachServers() {
    try {
      StandaloneServers.reach(async.addresses());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking for the servers", e);
    }
  }

  /**
   * Shows the runs that follow in Spark's web interface, where there is one.
   *
   * @return where
   */
  Optional<String> showLive(SparkSession session) {
    return TrainingTab.attach(session.sparkContext(), live);
  }

  /** Trains in one mode, as asked, and shows it where {@link #showLive} says. */
  TrainingRun trainLive(Variant variant, LoadedProblem loaded, ProgressListener progress) {
    LiveRuns.LiveRun shown = live.begin(variant.title(run.seed, run.seeds), progress);
    TrainingRun trained = train(variant, loaded, shown);
    shown.end(trained);
    return trained;
  }

  /** Trains in one mode, as asked. */
  TrainingRun train(Variant variant, LoadedProblem loaded, ProgressListener progress) {
    return train(variant, loaded, run.stragglers(run.seed + variant.repetition()), true, progress);
  }

  /**
   * Trains in one mode with other stragglers than asked, for its figures only: the control run
   * without slow workers.
   */
  TrainingRun trainControl(
      Variant variant, LoadedProblem loaded, Stragglers stragglers, ProgressListener progress) {
    return train(variant, loaded, stragglers, false, progress);
  }

  private TrainingRun train(
      Variant variant,
      LoadedProblem loaded,
      Stragglers stragglers,
      boolean keep,
      ProgressListener progress) {
    RunSettings asked =
        run.settings(
            loaded.objective(), loaded.data(), variant.mode() == Mode.SYNC && sync.stepsPlainly());
    RunSettings settings =
        asked.withStragglers(stragglers).withSeed(run.seed + variant.repetition());
    return DivergenceRule.judge(runAs(variant, loaded, settings, keep, progress));
  }

  /**
   * A few steps of a mode that nobody measures, so that the first mode does not pay for loading
   * classes and compiling them.
   */
  void warmUp(Variant variant, LoadedProblem loaded) {
    Mode mode = variant.mode();
    if (mode == Mode.MLLIB) {
      return;
    }
    boolean fullBatch = run.batch == 0 || (mode == Mode.SYNC && sync.isFullBatch());
    double epochsPerStep =
        fullBatch ? 1 : (double) run.workers * run.batch / loaded.data().numRows();
    RunSettings asked =
        run.settings(loaded.objective(), loaded.data(), mode == Mode.SYNC && sync.stepsPlainly());
    runAs(
        variant,
        loaded,
        asked
            .withoutTarget(Math.min(run.epochs, WARM_UP_STEPS * epochsPerStep))
            .withStragglers(Stragglers.none()),
        false,
        ProgressListener.SILENT);
  }

  /** Synchronous weights come to the driver when they are few, or are there anyway. */
  private SyncSettings syncSettings(LoadedProblem loaded, RunSettings settings, boolean keep) {
    SyncSettings all = sync.settings(settings, gossip.localSteps);
    boolean few = loaded.objective().model().numParameters() <= MAX_COLLECTED;
    return keep && few ? all : all.withoutWeights();
  }

  /** Asynchronous weights come to the driver when somebody wants them and they are few. */
  private AsyncSettings asyncSettings(
      Variant variant, LoadedProblem loaded, RunSettings settings, boolean keep) {
    AsyncSettings all =
        async
            .settings(settings, variant.transport())
            .withDurability(
                variant.transport() == Transport.SOCKET ? durability(keep) : Durability.none());
    if (!keep) {
      return all.withWeightsTo(WeightsSink.none());
    }
    Model model = loaded.objective().model();
    Path folder = output.noWeights ? null : out;
    boolean few = model.numParameters() <= MAX_COLLECTED;
    if (few && (folder != null || loaded.data().test() != null)) {
      return all; // Saved or evaluated on the driver.
    }
    if (folder == null) {
      return all.withWeightsTo(WeightsSink.none());
    }
    if (!(model instanceof LinearModel)) {
      return all;
    }
    if (!variant.isFirst()) {
      return all.withWeightsTo(WeightsSink.none());
    }
    String path = ModelFiles.folder(folder, variant.label());
    return all.withWeightsTo(weights -> ModelFiles.save(model, weights, path));
  }

  /** Warm-ups and control runs are neither saved nor resumed. */
  private Durability durability(boolean keep) {
    Durability all = async.durability.durability();
    return keep ? all : Durability.none().withReplicas(all.replicas());
  }

  private TrainingRun runAs(
      Variant variant,
      LoadedProblem loaded,
      RunSettings settings,
      boolean keep,
      ProgressListener progress) {
    return switch (variant.mode()) {
      case SYNC ->
          new SyncTrainer()
              .train(
                  loaded.objective(),
                  loaded.data(),
                  syncSettings(loaded, settings, keep),
                  progress);
      case ASYNC ->
          new AsyncTrainer()
              .train(
                  loaded.objective(),
                  loaded.data(),
                  asyncSettings(variant, loaded, settings, keep)
                      .withOrders(
                          keep && variant.transport() == Transport.SOCKET
                              ? async.orders()
                              : OrderFiles.none()),
                  progress);
      case GOSSIP ->
          new GossipTrainer()
              .train(
                  loaded.objective(),
                  loaded.data(),
                  gossip.settings(settings, variant.gossipAlgorithm(), durability(keep)),
                  progress);
      case MLLIB -> new MllibTrainer().train(loaded.objective(), loaded.data(), settings, progress);
    };
  }
}
