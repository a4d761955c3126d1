package dev.triptych.ml.param;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * What our estimators have beyond MLlib's: the mode, and what belongs to it. Names and meanings are
 * those of the command line's options.
 *
 * @param <E> the estimator, returned by every setter
 */
public interface ModeParams<E> extends Params {
  /** The params of this estimator. */
  ModeParamSet modeParams();

  default Param<String> mode() {
    return modeParams().mode;
  }

  default String getMode() {
    return getOrDefault(mode());
  }

  /** {@code sync} (the default), {@code async} or {@code gossip}. */
  default E setMode(String value) {
    return with(mode(), value);
  }

  default IntParam numWorkers() {
    return modeParams().numWorkers;
  }

  default int getNumWorkers() {
    return (int) getOrDefault(numWorkers());
  }

  /** Number of logical workers; not set: Spark's default parallelism, at most one per example. */
  default E setNumWorkers(int value) {
    return with(numWorkers(), value);
  }

  default LongParam seed() {
    return modeParams().seed;
  }

  default long getSeed() {
    return (long) getOrDefault(seed());
  }

  /** Seed of the data order and of everything else that is drawn. */
  default E setSeed(long value) {
    return with(seed(), value);
  }

  default Param<String> syncAlgorithm() {
    return modeParams().syncAlgorithm;
  }

  default String getSyncAlgorithm() {
    return getOrDefault(syncAlgorithm());
  }

  /** Algorithm of mode sync; {@code lbfgs} by default. */
  default E setSyncAlgorithm(String value) {
    return with(syncAlgorithm(), value);
  }

  default DoubleParam epochs() {
    return modeParams().epochs;
  }

  default double getEpochs() {
    return (double) getOrDefault(epochs());
  }

  /** Passes over the data of all workers together, where {@code maxIter} does not count; 10. */
  default E setEpochs(double value) {
    return with(epochs(), value);
  }

  default IntParam batchSize() {
    return modeParams().batchSize;
  }

  default int getBatchSize() {
    return (int) getOrDefault(batchSize());
  }

  /** Examples per worker and mini-batch, 128; 0 for all. */
  default E setBatchSize(int value) {
    return with(batchSize(), value);
  }

  default DoubleParam stepSize() {
    return modeParams().stepSize;
  }

  default double getStepSize() {
    return (double) getOrDefault(stepSize());
  }

  /** Initial step size; not set: from the scale of the data. */
  default E setStepSize(double value) {
    return with(stepSize(), value);
  }

  default Param<String> schedule() {
    return modeParams().schedule;
  }

  default String getSchedule() {
    return getOrDefault(schedule());
  }

  /** How the step size falls; not set: as the optimizer needs it. */
  default E setSchedule(String value) {
    return with(schedule(), value);
  }

  default Param<String> optimizer() {
    return modeParams().optimizer;
  }

  default String getOptimizer() {
    return getOrDefault(optimizer());
  }

  /** Rule that applies gradients of mini-batches; {@code adagrad}. */
  default E setOptimizer(String value) {
    return with(optimizer(), value);
  }

  default Param<String> consistency() {
    return modeParams().consistency;
  }

  default String getConsistency() {
    return getOrDefault(consistency());
  }

  /** {@code bsp}, {@code ssp} or {@code asp} (the default). */
  default E setConsistency(String value) {
    return with(consistency(), value);
  }

  default IntParam staleness() {
    return modeParams().staleness;
  }

  default int getStaleness() {
    return (int) getOrDefault(staleness());
  }

  /** Bound of consistency {@code ssp}. */
  default E setStaleness(int value) {
    return with(staleness(), value);
  }

  default IntParam numServers() {
    return modeParams().numServers;
  }

  default int getNumServers() {
    return (int) getOrDefault(numServers());
  }

  /** Parameter servers of mode async; 1. */
  default E setNumServers(int value) {
    return with(numServers(), value);
  }

  default Param<String> deployment() {
    return modeParams().deployment;
  }

  default String getDeployment() {
    return getOrDefault(deployment());
  }

  /** Where the servers live: {@code driver} (the default) or {@code executors}. */
  default E setDeployment(String value) {
    return with(deployment(), value);
  }

  default Param<String> topology() {
    return modeParams().topology;
  }

  default String getTopology() {
    return getOrDefault(topology());
  }

  /** Graph of mode gossip; {@code ring}. */
  default E setTopology(String value) {
    return with(topology(), value);
  }

  default Param<String> mixing() {
    return modeParams().mixing;
  }

  default String getMixing() {
    return getOrDefault(mixing());
  }

  /** Averaging weights of mode gossip; not set: the usual ones of the topology. */
  default E setMixing(String value) {
    return with(mixing(), value);
  }

  default Param<String> gossipAlgorithm() {
    return modeParams().gossipAlgorithm;
  }

  default String getGossipAlgorithm() {
    return getOrDefault(gossipAlgorithm());
  }

  /** Algorithm of mode gossip; {@code dpsgd}. */
  default E setGossipAlgorithm(String value) {
    return with(gossipAlgorithm(), value);
  }

  @SuppressWarnings("unchecked")
  private <T> E with(Param<T> param, T value) {
    set(param, value);
    return (E) this;
  }
}
