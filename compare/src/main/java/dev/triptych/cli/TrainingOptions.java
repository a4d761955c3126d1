package dev.triptych.cli;

import dev.triptych.async.plugin.TriptychPlugin;
import dev.triptych.async.train.AsyncTrainer;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.DivergenceRule;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.gossip.train.GossipTrainer;
import dev.triptych.peer.MllibTrainer;
import dev.triptych.spark.ProgressListener;
import dev.triptych.sync.SyncTrainer;
import java.util.Collection;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Mixin;

/**
 * Everything {@code train} and {@code compare} have in common: options, checks, and running one
 * mode.
 */
final class TrainingOptions {
  @Mixin ProblemOptions problem = new ProblemOptions();

  @Mixin RunOptions run = new RunOptions();

  @Mixin SyncOptions sync = new SyncOptions();

  @Mixin AsyncOptions async = new AsyncOptions();

  @Mixin GossipOptions gossip = new GossipOptions();

  @Mixin SparkOptions spark = new SparkOptions();

  @Mixin OutputOptions output = new OutputOptions();

  /** Refuses bad options before Spark starts. */
  void check(Collection<Mode> modes) {
    problem.check();
    run.check();
    sync.check();
    async.check();
    gossip.check(run.workers, modes.contains(Mode.GOSSIP));
  }

  SparkSession openSpark(Collection<Mode> modes) {
    boolean plugin = modes.contains(Mode.ASYNC) && async.onExecutors();
    return spark.open(plugin ? TriptychPlugin.class.getName() : null);
  }

  /** Trains in one mode, as asked. */
  TrainingRun train(Mode mode, LoadedProblem loaded, ProgressListener progress) {
    return train(mode, loaded, run.stragglers(), progress);
  }

  /** Trains in one mode with other stragglers than asked: the control run without slow workers. */
  TrainingRun train(
      Mode mode, LoadedProblem loaded, Stragglers stragglers, ProgressListener progress) {
    RunSettings asked =
        run.settings(loaded.objective(), loaded.data(), mode == Mode.SYNC && sync.isFullBatch());
    RunSettings settings = asked.withStragglers(stragglers);
    return DivergenceRule.judge(runAs(mode, loaded, settings, progress));
  }

  private TrainingRun runAs(
      Mode mode, LoadedProblem loaded, RunSettings settings, ProgressListener progress) {
    return switch (mode) {
      case SYNC ->
          new SyncTrainer()
              .train(loaded.objective(), loaded.data(), sync.settings(settings), progress);
      case ASYNC ->
          new AsyncTrainer()
              .train(loaded.objective(), loaded.data(), async.settings(settings), progress);
      case GOSSIP ->
          new GossipTrainer()
              .train(loaded.objective(), loaded.data(), gossip.settings(settings), progress);
      case MLLIB -> new MllibTrainer().train(loaded.objective(), loaded.data(), settings, progress);
    };
  }
}
