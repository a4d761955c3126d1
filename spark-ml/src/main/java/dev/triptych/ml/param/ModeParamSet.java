package dev.triptych.ml.param;

import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.gossip.algorithm.GossipAlgorithms;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.sync.SyncSettings;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;

/**
 * The params of {@link ModeParams}, as objects that belong to one estimator. An estimator makes one
 * set in its constructor.
 */
public final class ModeParamSet implements Serializable {
  private static final long serialVersionUID = 1L;

  final Param<String> mode;
  final IntParam numWorkers;
  final LongParam seed;
  final Param<String> syncAlgorithm;
  final DoubleParam epochs;
  final IntParam batchSize;
  final DoubleParam stepSize;
  final Param<String> schedule;
  final Param<String> optimizer;
  final Param<String> consistency;
  final IntParam staleness;
  final IntParam numServers;
  final Param<String> deployment;
  final Param<String> topology;
  final Param<String> mixing;
  final Param<String> gossipAlgorithm;

  /** The params of {@code owner}, with their defaults set unless it has its own. */
  public ModeParamSet(Params owner) {
    mode =
        choice(
            owner,
            "mode",
            "how the model is trained: sync (bulk-synchronous), async (parameter server) or gossip"
                + " (neighbours average)",
            List.of("sync", "async", "gossip"));
    numWorkers =
        new IntParam(
            owner,
            "numWorkers",
            "number of logical workers (>= 1); if not set, as many as Spark's default parallelism",
            ParamValidators.gtEq(1));
    seed = new LongParam(owner, "seed", "random seed");
    syncAlgorithm =
        choice(
            owner,
            "syncAlgorithm",
            "algorithm of mode sync; lbfgs uses maxIter and tol, the others epochs and stepSize",
            Arrays.stream(SyncSettings.Algorithm.values())
                .map(SyncSettings.Algorithm::optionName)
                .toList());
    epochs =
        new DoubleParam(
            owner,
            "epochs",
            "passes over the data (> 0), counted over all workers together; not used by lbfgs",
            ParamValidators.gt(0));
    batchSize =
        new IntParam(
            owner,
            "batchSize",
            "examples per worker and mini-batch (>= 0); 0 for all of a worker's examples",
            ParamValidators.gtEq(0));
    stepSize =
        new DoubleParam(
            owner,
            "stepSize",
            "initial step size (> 0); if not set, it follows from the scale of the data",
            ParamValidators.gt(0));
    schedule =
        choice(
            owner,
            "schedule",
            "how the step size falls; if not set, constant for adagrad and ftrl, else inverse-sqrt",
            Arrays.stream(StepSize.Schedule.values()).map(StepSize.Schedule::optionName).toList());
    optimizer =
        choice(
            owner, "optimizer", "rule that applies gradients of mini-batches", Optimizers.names());
    consistency =
        choice(
            owner,
            "consistency",
            "how far a worker of mode async may run ahead: bsp (not at all), ssp (see staleness) or"
                + " asp (as far as it likes)",
            List.of("bsp", "ssp", "asp"));
    staleness =
        new IntParam(
            owner,
            "staleness",
            "steps a worker may be ahead of the slowest (>= 0) under consistency ssp",
            ParamValidators.gtEq(0));
    numServers =
        new IntParam(
            owner, "numServers", "parameter servers of mode async (>= 1)", ParamValidators.gtEq(1));
    deployment =
        choice(
            owner,
            "deployment",
            "where the parameter servers of mode async live; executors need the plugin",
            List.of("driver", "executors"));
    topology =
        new Param<>(
            owner,
            "topology",
            "graph of mode gossip, such as ring, torus, exponential, one-peer-exponential or"
                + " complete");
    mixing =
        choice(
            owner,
            "mixing",
            "averaging weights of mode gossip; if not set, the usual ones of the topology",
            MixingRules.names());
    gossipAlgorithm =
        choice(owner, "gossipAlgorithm", "algorithm of mode gossip", GossipAlgorithms.names());
    setDefault(owner, mode, "sync");
    setDefault(owner, seed, (long) owner.getClass().getName().hashCode());
    setDefault(owner, syncAlgorithm, SyncSettings.Algorithm.LBFGS.optionName());
    setDefault(owner, epochs, 10.0);
    setDefault(owner, batchSize, 128);
    setDefault(owner, optimizer, "adagrad");
    setDefault(owner, consistency, "asp");
    setDefault(owner, numServers, 1);
    setDefault(owner, deployment, "driver");
    setDefault(owner, topology, "ring");
    setDefault(owner, gossipAlgorithm, "dpsgd");
  }

  private static Param<String> choice(Params owner, String name, String doc, List<String> allowed) {
    return new Param<>(
        owner,
        name,
        doc + ". Supported options: " + String.join(", ", allowed) + ".",
        ParamValidators.inArray(allowed));
  }

  /**
   * MLlib's own default of a param that both have stays. Asks the map, because {@code hasDefault}
   * would ask for all params of an estimator that is not made yet.
   */
  private static <T> void setDefault(Params owner, Param<T> param, T value) {
    if (!owner.defaultParamMap().contains(param)) {
      owner.setDefault(param, value);
    }
  }
}
