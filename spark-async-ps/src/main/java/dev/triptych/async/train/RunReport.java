package dev.triptych.async.train;

import dev.triptych.async.client.RunLocation;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.replica.Coordinator;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.training.ShardLoad;
import dev.triptych.core.training.StalenessHistogram;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TrainingRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A run that has ended, in numbers and words.
 *
 * @param numTasks of the workers' job
 * @param numCheckpoints written, or null if none were asked for
 */
record RunReport(
    AsyncSettings settings,
    RunServers servers,
    PushFormat format,
    int numTasks,
    @Nullable Integer numCheckpoints) {
  /**
   * @param shards as they stand at the end
   * @param versions of what it ran on
   */
  TrainingRun of(
      StopReason reason,
      List<ShardStatus> shards,
      RunTrace trace,
      WorkerTotals workers,
      Map<String, String> versions)
      throws InterruptedException {
    ShardStatus first = shards.get(0);
    long bytes = 0;
    long bytesPlain = 0;
    Long divergedAt = null;
    for (ShardStatus shard : shards) {
      bytes += shard.bytesReceived() + shard.bytesSent();
      bytesPlain += shard.bytesPlain();
      if (shard.divergedAtUpdate() > 0) {
        divergedAt =
            divergedAt == null
                ? shard.divergedAtUpdate()
                : Math.min(divergedAt, shard.divergedAtUpdate());
      }
    }
    List<StalenessHistogram> byWorker = first.workerStaleness();
    // A server that took the shard up on the way knows the rest only.
    boolean complete =
        byWorker.stream().mapToLong(StalenessHistogram::total).sum() == first.staleness().total();
    TrainingRun run =
        new TrainingRun(
                "async",
                settings.consistency().kind().optionName(),
                words(bytes, bytesPlain),
                settings.run().seed(),
                versions,
                reason,
                divergedAt,
                settings.sink() == null ? trace.lastWeights() : null,
                trace.points(),
                first.nanos() / 1e9,
                first.version(),
                Arrays.stream(first.clocks()).sum() * settings.traffic().pushEvery(),
                bytes,
                bytes,
                first.staleness(),
                null,
                workers.activities(first.clocks(), complete ? byWorker : List.of()),
                counters(shards))
            .withShards(loads(shards));
    return settings.durability().resumeFrom() != null
        ? run
        : run.withTimeline(
            workers.timeline(first.nanos(), settings.consistency().kind() != Consistency.Kind.ASP));
  }

  private List<ShardLoad> loads(List<ShardStatus> shards) {
    boolean moved = servers.numMoves() > 0 || !servers.failovers().isEmpty();
    RunLocation location = servers.location();
    List<ShardLoad> loads = new ArrayList<>();
    for (int shard = 0; shard < shards.size(); shard++) {
      ShardStatus status = shards.get(shard);
      loads.add(
          new ShardLoad(
              shard,
              moved ? null : location.servers().get(shard).toString(),
              location.partition().length(shard),
              status.version(),
              status.bytesReceived(),
              status.bytesSent()));
    }
    return loads;
  }

  /** Counted at the first shard, where all see the same events. */
  private static Map<String, Long> counters(List<ShardStatus> shards) {
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("discardedGradients", shards.get(0).numDiscarded());
    counters.put("duplicatePushes", shards.get(0).numDuplicates());
    counters.put("fencedRequests", shards.get(0).numFenced());
    counters.put("inFlightDelay", shards.get(0).inFlightDelay());
    return counters;
  }

  private Map<String, String> words(long bytes, long bytesPlain) {
    Map<String, String> words = new LinkedHashMap<>(settings.run().inWords());
    Consistency consistency = settings.consistency();
    words.put("consistency", consistency.kind().optionName());
    if (consistency.kind() == Consistency.Kind.SSP) {
      words.put("staleness", String.valueOf(consistency.bound()));
    }
    words.put("delay-rule", settings.delayRule().toString());
    words.put("transport", settings.transport().optionName());
    words.put("servers", String.valueOf(settings.servers()));
    words.put("deployment", settings.deployment().optionName());
    if (settings.durability().replicas() > 1) {
      words.put("replicas", String.valueOf(settings.durability().replicas()));
    }
    if (numCheckpoints != null) {
      words.put("checkpoints", String.valueOf(numCheckpoints));
    }
    if (settings.durability().resumeFrom() != null) {
      words.put("resumed", "yes");
    }
    long longest = 0;
    Set<String> lost = new TreeSet<>();
    for (Coordinator.Failover failover : servers.failovers()) {
      longest = Math.max(longest, failover.nanos());
      lost.add(failover.lost());
    }
    if (servers.numMoves() > 0) {
      words.put("shards-moved", String.valueOf(servers.numMoves()));
    }
    if (!lost.isEmpty()) {
      words.put("servers-lost", String.join(", ", lost));
      words.put("longest-pause", TimeUnit.NANOSECONDS.toMillis(longest) + "ms");
    }
    words.put("gradients", format.words());
    settings.traffic().describe(words);
    long saved = bytesPlain - bytes;
    words.put(
        "bytes",
        "%d, %d %s than in plain form"
            .formatted(bytes, Math.abs(saved), saved < 0 ? "more" : "fewer"));
    words.put("tasks", String.valueOf(numTasks));
    return words;
  }
}
