package dev.triptych.gossip.train;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.RunStoppedException;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.gossip.algorithm.NodeState;
import dev.triptych.gossip.algorithm.RoundAlgorithm;
import dev.triptych.gossip.control.EpochControl;
import dev.triptych.gossip.exchange.Neighbourhood;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.gossip.membership.EpochSettings;
import dev.triptych.gossip.mixing.TopologyReport;
import dev.triptych.gossip.topology.Connectivity;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Versions;
import dev.triptych.spark.checkpoint.Checkpoints;
import dev.triptych.spark.checkpoint.Fingerprint;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.worker.TaskSlots;
import dev.triptych.spark.worker.WorkerGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver's state of one run. */
final class GossipSession {
  private static final Logger log = LoggerFactory.getLogger(GossipSession.class);
  private static final int SEGMENTS_WITH_TARGET = 20;
  private static final long MIN_SILENCE_NANOS = 5_000_000_000L;
  // The driver hears of a death within milliseconds, unless a machine is cut off.
  private static final long GRACE_NANOS = 1_000_000_000L;

  private final Objective objective;
  private final TrainingData data;
  private final GossipSettings settings;
  private final RunSettings run;
  private final ProgressListener progress;
  private final boolean nodeWeightsWanted;
  private final JavaSparkContext spark;
  private final WorkerGroup workers;
  private final Neighbourhood neighbourhood;
  private final String runId = "gossip-" + UUID.randomUUID().toString().substring(0, 8);
  private final double epochsPerRound;
  private final long totalRounds;
  private final GossipTrace trace;
  private NodeTotals totals;
  private NodeState @Nullable [] states;
  private double clockSeconds;
  private final List<String> membership = new ArrayList<>();
  private @Nullable String stopReason;
  private int numCheckpoints;

  GossipSession(
      Objective objective,
      TrainingData data,
      GossipSettings settings,
      ProgressListener progress,
      boolean nodeWeightsWanted) {
    this.objective = objective;
    this.data = data;
    this.settings = settings;
    this.run = settings.run();
    this.progress = progress;
    this.nodeWeightsWanted = nodeWeightsWanted;
    this.spark = JavaSparkContext.fromSparkContext(data.blocks().context());
    this.workers =
        WorkerGroup.of(data, TaskSlots.await(spark.sc(), run.numWorkers(), run.maxWait()));
    this.neighbourhood = Neighbourhood.of(settings.mixing());
    this.epochsPerRound = data.epochsPerStep(run.batchSize());
    this.totalRounds = Math.max(1, Math.round(run.epochs() / epochsPerRound));
    this.totals = new NodeTotals(run.numWorkers());
    this.trace = new GossipTrace(objective, data, run.target());
  }

  /** The nodes' weights before the first round, in the order of the nodes. */
  GossipSession startingFrom(double[][] start) {
    NodeState[] first = new NodeState[start.length];
    for (int node = 0; node < first.length; node++) {
      first[node] = new NodeState(node, start[node], run.optimizer());
    }
    states = first;
    return this;
  }

  GossipRun run() {
    int numSegments = run.target() == null ? 1 : (int) Math.min(SEGMENTS_WITH_TARGET, totalRounds);
    boolean durable = settings.checkpoints() != null || settings.resumeFrom() != null;
    Map<String, String> fingerprint = durable ? fingerprint() : Map.of();
    long round = settings.resumeFrom() == null ? 0 : resume(settings.resumeFrom(), fingerprint);
    long firstRound = round;
    double secondsBefore = clockSeconds;
    CheckpointCuts cuts =
        settings.checkpoints() == null
            ? null
            : new CheckpointCuts(
                settings.checkpoints(), epochsPerRound, totalRounds, System.nanoTime());
    StopReason reason = StopReason.COMPLETED;
    while (round < totalRounds && reason == StopReason.COMPLETED) {
      long segment = round * numSegments / totalRounds + 1;
      long end = totalRounds * segment / numSegments;
      if (end <= round) {
        end = totalRounds * (segment + 1) / numSegments;
      }
      if (cuts != null) {
        long trained = (long) ((clockSeconds - secondsBefore) * 1e9);
        end = Math.min(end, cuts.after(round, round - firstRound, trained, System.nanoTime()));
      }
      boolean returnStates = nodeWeightsWanted || end < totalRounds;
      boolean reached = segment(round, end, returnStates);
      round = end;
      if (totals.divergedAt() != null) {
        reason = StopReason.DIVERGED;
      } else if (reached) {
        reason = StopReason.TARGET_REACHED;
      } else if (cuts != null && end < totalRounds && cuts.isDue(end, System.nanoTime())) {
        save(end, fingerprint);
        cuts.saved(System.nanoTime());
      }
    }
    return result(reason, totals.divergedAt() == null ? round : totals.divergedAt());
  }

  private Map<String, String> fingerprint() {
    Map<String, String> words = Fingerprint.of(objective, data, run);
    words.put("gossip-algorithm", settings.algorithm().name());
    settings.algorithm().inWords().forEach(words::put);
    words.put("topology", settings.topology().name());
    words.put("mixing", settings.mixing().rule());
    words.put("mixing-checksum", settings.mixing().checksum());
    return words;
  }

  /** Goes back to what was saved; returns the rounds done. */
  private long resume(String path, Map<String, String> fingerprint) {
    SavedRun saved =
        SavedRun.read(
            path,
            settings.algorithm().name(),
            fingerprint,
            run.numWorkers(),
            objective.model().numParameters(),
            run.optimizer(),
            spark.hadoopConfiguration());
    states = saved.states();
    totals = saved.totals();
    clockSeconds = saved.seconds();
    trace.goOnFrom(saved.trace());
    log.info("run {} goes on from {} after {} rounds", runId, path, saved.round());
    return saved.round();
  }

  /** A checkpoint that cannot be written is told and left out: the run goes on. */
  private void save(long round, Map<String, String> fingerprint) {
    Checkpoints checkpoints = Objects.requireNonNull(settings.checkpoints());
    SavedRun now =
        new SavedRun(round, clockSeconds, Objects.requireNonNull(states), totals, trace.points());
    try {
      now.write(
          checkpoints.directory(),
          settings.algorithm().name(),
          fingerprint,
          spark.hadoopConfiguration());
      numCheckpoints++;
    } catch (IOException e) {
      log.warn("run {}: a checkpoint could not be written: {}", runId, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("run " + runId + " was interrupted", e);
    }
  }

  /** Runs rounds [first, end) and evaluates their snapshots; true if one reaches the target. */
  private boolean segment(long first, long end, boolean returnStates) {
    List<SegmentPart> parts = runJob(first, end, returnStates);
    checkFailures(parts);
    List<NodeEnd> ends =
        parts.stream().filter(NodeEnd.class::isInstance).map(NodeEnd.class::cast).toList();
    List<RoundMean> means =
        parts.stream()
            .filter(RoundMean.class::isInstance)
            .map(RoundMean.class::cast)
            // Where nodes stopped at different rounds, the last ones are not everybody's.
            .filter(mean -> mean.numNodes == numThere(ends, mean.round))
            .sorted(Comparator.comparingLong(mean -> mean.round))
            .toList();
    double secondsBefore = clockSeconds;
    long bytesBefore = totals.bytesSent();
    ends.forEach(node -> totals.add(node, secondsBefore));
    clockSeconds += ends.stream().mapToDouble(node -> node.seconds).max().orElse(0);
    if (returnStates) {
      states = statesAtTheEnd(ends, end);
    }
    boolean reached = trace.add(means, mean -> snapshot(mean, secondsBefore, bytesBefore));
    if (!means.isEmpty()) {
      progress.evaluated(trace.points().get(trace.points().size() - 1));
    }
    return reached;
  }

  /** Nodes whose weights of a round are there: who joins later has none of before. */
  private static long numThere(List<NodeEnd> ends, long round) {
    return ends.stream().filter(node -> node.since <= round).count();
  }

  /** A node that came back too late takes the weights of a member, as it would have in time. */
  private NodeState[] statesAtTheEnd(List<NodeEnd> ends, long end) {
    NodeState[] all = new NodeState[run.numWorkers()];
    TreeSet<Integer> there = new TreeSet<>();
    for (NodeEnd node : ends) {
      if (node.state != null) {
        all[node.node] = node.state;
        there.add(node.node);
      }
    }
    for (int node = 0; node < all.length; node++) {
      if (!there.contains(node)) {
        int donor = Epoch.donor(settings.mixing(), node, there);
        all[node] = new NodeState(node, all[donor].weights(), run.optimizer());
      }
    }
    if (there.size() < all.length) {
      for (NodeState state : all) {
        state.restart(end);
      }
    }
    return all;
  }

  private void checkFailures(List<SegmentPart> parts) {
    String failures =
        parts.stream()
            .filter(NodeFailure.class::isInstance)
            .map(part -> ((NodeFailure) part).message)
            .collect(Collectors.joining("; "));
    if (!failures.isEmpty()) {
      throw new IllegalStateException("run " + runId + " failed at " + failures);
    }
    boolean diverged =
        parts.stream().anyMatch(part -> part instanceof NodeEnd node && node.divergedAt != null);
    if (stopReason != null && !diverged) {
      throw new RunStoppedException("run " + runId + " stopped: " + stopReason);
    }
  }

  private List<SegmentPart> runJob(long first, long end, boolean returnStates) {
    int numParameters = objective.model().numParameters();
    String segmentId = runId + "-" + first;
    Broadcast<NodeState[]> shared = states == null ? null : spark.broadcast(states);
    try (EpochControl control = EpochControl.open(segmentId, epochSettings(first, end));
        TaskLosses losses = new TaskLosses(spark.sc(), control);
        ProgressPoll poll =
            new ProgressPoll(
                () -> control.slowestRound() * epochsPerRound, run.epochs(), progress)) {
      poll.start();
      Segment segment =
          new Segment(
              control.address(),
              objective,
              run,
              settings.mixing(),
              (RoundAlgorithm) settings.algorithm(),
              first,
              end,
              epochsPerRound,
              Math.max(1, totalRounds / run.snapshots()),
              SnapshotSchedule.limitFor(
                  (long) numParameters * run.numWorkers(),
                  RunSettings.MAX_SNAPSHOT_BYTES,
                  2 * run.snapshots()),
              shared,
              returnStates);
      try {
        return SegmentJob.run(workers, new SegmentTask(segment), nodeCurves(end));
      } finally {
        stopReason = control.stopReason();
        membership.addAll(control.notes());
      }
    } finally {
      if (shared != null) {
        shared.destroy();
      }
    }
  }

  private NodeCurves nodeCurves(long end) {
    return NodeCurves.of(
        Math.max(1, totalRounds / run.snapshots()),
        run.snapshots(),
        end == totalRounds ? end : -1,
        (long) objective.model().numParameters() * run.numWorkers());
  }

  private EpochSettings epochSettings(long first, long end) {
    long maxWait = run.maxWait().toNanos();
    return new EpochSettings(
        settings.mixing(),
        settings.allowDisconnected(),
        first,
        end,
        maxWait,
        Math.max(maxWait / 2, MIN_SILENCE_NANOS),
        GRACE_NANOS);
  }

  private Snapshot snapshot(RoundMean mean, double secondsBefore, long bytesBefore) {
    return new Snapshot(
        mean.round,
        secondsBefore + mean.seconds,
        mean.round * epochsPerRound,
        bytesBefore + mean.bytesSent,
        mean.mean,
        mean.consensusDistance,
        null,
        // Curves of all nodes or of none: a round without some node cannot say whose they are.
        mean.numNodes == run.numWorkers() ? mean.nodeWeights : List.of());
  }

  private GossipRun result(StopReason reason, long updates) {
    RoundMean last = trace.latest();
    progress.progressed(Math.min(run.epochs(), updates * epochsPerRound), run.epochs());
    List<WorkerActivity> activities = totals.activities();
    TrainingRun trained =
        new TrainingRun(
                "gossip",
                settings.algorithm().name(),
                settingsInWords(),
                run.seed(),
                Versions.here(spark.sc()),
                reason,
                totals.divergedAt(),
                last.mean,
                trace.points(),
                clockSeconds,
                updates,
                activities.stream().mapToLong(WorkerActivity::batches).sum(),
                totals.bytesSent(),
                totals.bytesReceived(),
                null,
                last.consensusDistance,
                activities)
            .withTimeline(settings.resumeFrom() == null ? totals.timeline(clockSeconds) : null);
    NodeState[] finalStates = nodeWeightsWanted ? states : null;
    double[][] nodeWeights =
        finalStates == null
            ? new double[0][]
            : Arrays.stream(finalStates).map(NodeState::weights).toArray(double[][]::new);
    return new GossipRun(trained, nodeWeights, components().component());
  }

  private Connectivity components() {
    int[][] receivers = new int[run.numWorkers()][];
    for (int node = 0; node < receivers.length; node++) {
      receivers[node] = neighbourhood.everReceivers(node);
    }
    return Connectivity.of(receivers);
  }

  private Map<String, String> settingsInWords() {
    TopologyReport report = TopologyReport.of(settings.topology(), settings.mixing());
    Map<String, String> words = new LinkedHashMap<>(run.inWords());
    words.put("gossip-algorithm", settings.algorithm().name());
    words.putAll(settings.algorithm().inWords());
    words.put("topology", settings.topology().name());
    words.put("mixing", settings.mixing().rule());
    words.put("spectral-gap", String.format(Locale.ROOT, "%.4g", report.spectralGap()));
    String reason = report.reason();
    if (reason != null) {
      words.put("no-consensus", reason);
    }
    words.put("tasks", String.valueOf(workers.numTasks()));
    if (settings.checkpoints() != null) {
      words.put("checkpoints", String.valueOf(numCheckpoints));
    }
    if (settings.resumeFrom() != null) {
      words.put("resumed", "yes");
    }
    if (!membership.isEmpty()) {
      words.put("membership", String.join("; ", membership));
    }
    return words;
  }
}
