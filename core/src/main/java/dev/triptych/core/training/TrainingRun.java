package dev.triptych.core.training;

import dev.triptych.core.timeline.Timeline;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of one run: weights, trace, reason for stopping and everything needed to explain or
 * repeat it. No Spark types.
 *
 * @param mode {@code sync}, {@code async}, {@code gossip} or {@code mllib}
 * @param algorithm such as {@code sgd}, {@code asp}, {@code dpsgd}
 * @param settings in the words of the command line
 * @param seed of the run
 * @param versions of Triptych, Spark, Java, BLAS
 * @param stopReason why it ended
 * @param divergedAtUpdate the update at which divergence was seen, if it was
 * @param weights final weights, length numParameters (gossip: the nodes' mean); null when nobody
 *     asked for them and they stayed where they were trained
 * @param trace evaluated snapshots, ascending in updates; the last one is of {@code weights}
 * @param trainSeconds on the training clock
 * @param updates optimizer updates applied (gossip: rounds)
 * @param batches mini-batch gradients computed and used by all workers
 * @param bytesSent payload bytes sent by all parties
 * @param bytesReceived payload bytes received by all parties
 * @param staleness of applied gradients, asynchronous only
 * @param consensusDistance at the end, gossip only
 * @param workers what each worker did
 * @param counters what else a mode counts, such as {@code discardedGradients}, by name
 * @param timeline what each worker did when, where that was recorded
 * @param shards what each shard had to do, where there are servers
 */
public record TrainingRun(
    String mode,
    String algorithm,
    Map<String, String> settings,
    long seed,
    Map<String, String> versions,
    StopReason stopReason,
    @Nullable Long divergedAtUpdate,
    double @Nullable [] weights,
    List<TracePoint> trace,
    double trainSeconds,
    long updates,
    long batches,
    long bytesSent,
    long bytesReceived,
    @Nullable StalenessHistogram staleness,
    @Nullable Double consensusDistance,
    List<WorkerActivity> workers,
    Map<String, Long> counters,
    @Nullable Timeline timeline,
    List<ShardLoad> shards) {

  /** A run whose workers' time was not recorded. */
  public TrainingRun(
      String mode,
      String algorithm,
      Map<String, String> settings,
      long seed,
      Map<String, String> versions,
      StopReason stopReason,
      @Nullable Long divergedAtUpdate,
      double @Nullable [] weights,
      List<TracePoint> trace,
      double trainSeconds,
      long updates,
      long batches,
      long bytesSent,
      long bytesReceived,
      @Nullable StalenessHistogram staleness,
      @Nullable Double consensusDistance,
      List<WorkerActivity> workers,
      Map<String, Long> counters) {
    this(
        mode,
        algorithm,
        settings,
        seed,
        versions,
        stopReason,
        divergedAtUpdate,
        weights,
        trace,
        trainSeconds,
        updates,
        batches,
        bytesSent,
        bytesReceived,
        staleness,
        consensusDistance,
        workers,
        counters,
        null,
        List.of());
  }

  /** A run of a mode that counts nothing else. */
  public TrainingRun(
      String mode,
      String algorithm,
      Map<String, String> settings,
      long seed,
      Map<String, String> versions,
      StopReason stopReason,
      @Nullable Long divergedAtUpdate,
      double @Nullable [] weights,
      List<TracePoint> trace,
      double trainSeconds,
      long updates,
      long batches,
      long bytesSent,
      long bytesReceived,
      @Nullable StalenessHistogram staleness,
      @Nullable Double consensusDistance,
      List<WorkerActivity> workers) {
    this(
        mode,
        algorithm,
        settings,
        seed,
        versions,
        stopReason,
        divergedAtUpdate,
        weights,
        trace,
        trainSeconds,
        updates,
        batches,
        bytesSent,
        bytesReceived,
        staleness,
        consensusDistance,
        workers,
        Map.of());
  }

  /** The same run, known to have diverged at an update. */
  public TrainingRun divergedAt(long update) {
    return new TrainingRun(
        mode,
        algorithm,
        settings,
        seed,
        versions,
        StopReason.DIVERGED,
        update,
        weights,
        trace,
        trainSeconds,
        updates,
        batches,
        bytesSent,
        bytesReceived,
        staleness,
        consensusDistance,
        workers,
        counters,
        timeline,
        shards);
  }

  /** The same run, with what its workers did when. */
  public TrainingRun withTimeline(@Nullable Timeline recorded) {
    return new TrainingRun(
        mode,
        algorithm,
        settings,
        seed,
        versions,
        stopReason,
        divergedAtUpdate,
        weights,
        trace,
        trainSeconds,
        updates,
        batches,
        bytesSent,
        bytesReceived,
        staleness,
        consensusDistance,
        workers,
        counters,
        recorded,
        shards);
  }

  /** The same run, with what its servers had to do. */
  public TrainingRun withShards(List<ShardLoad> loads) {
    return new TrainingRun(
        mode,
        algorithm,
        settings,
        seed,
        versions,
        stopReason,
        divergedAtUpdate,
        weights,
        trace,
        trainSeconds,
        updates,
        batches,
        bytesSent,
        bytesReceived,
        staleness,
        consensusDistance,
        workers,
        counters,
        timeline,
        List.copyOf(loads));
  }

  /**
   * The final weights of a run that collected them.
   *
   * @throws IllegalStateException if it did not
   */
  public double[] collectedWeights() {
    if (weights == null) {
      throw new IllegalStateException("the run left its weights where they were trained");
    }
    return weights;
  }

  /** F(w) of the final weights. */
  public double finalObjective() {
    return trace.get(trace.size() - 1).objective();
  }

  /**
   * Seconds on the training clock when the objective first was at or below {@code target}, or null.
   */
  public @Nullable Double secondsTo(double target) {
    for (TracePoint point : trace) {
      if (point.objective() <= target) {
        return point.seconds();
      }
    }
    return null;
  }
}
