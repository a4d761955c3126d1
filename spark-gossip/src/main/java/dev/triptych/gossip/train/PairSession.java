package dev.triptych.gossip.train;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.RunStoppedException;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.gossip.exchange.BudgetDesk;
import dev.triptych.gossip.pairing.PairOrder;
import dev.triptych.gossip.pairing.Separation;
import dev.triptych.gossip.pairing.StepBudget;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Versions;
import dev.triptych.spark.control.RunControl;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.worker.TaskSlots;
import dev.triptych.spark.worker.WorkerGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * The driver's state of one asynchronous run (AD-PSGD). It hands out steps and looks on; a slow
 * node holds nobody up, and of the steps that the epochs ask for it does as many as it can.
 */
final class PairSession {
  private static final int SEGMENTS_WITH_TARGET = 20;

  private final Objective objective;
  private final TrainingData data;
  private final GossipSettings settings;
  private final RunSettings run;
  private final ProgressListener progress;
  private final boolean nodeWeightsWanted;
  private final JavaSparkContext spark;
  private final WorkerGroup workers;
  private final PairOrder order;
  private final String runId = "gossip-" + UUID.randomUUID().toString().substring(0, 8);
  private final double epochsPerStep;
  private final long totalSteps;
  private final StepBudget budget;
  private final GossipTrace trace;
  private final NodeTotals totals;
  private final StalenessSum staleness = new StalenessSum();
  private final TreeSet<Integer> missed = new TreeSet<>();
  private final TreeSet<Integer> rejoined = new TreeSet<>();
  private PairState @Nullable [] states;
  private long averages;
  private double clockSeconds;

  PairSession(
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
    this.order = PairOrder.of(settings.topology());
    this.epochsPerStep = data.epochsPerStep(run.batchSize()) / run.numWorkers();
    this.totalSteps = Math.max(1, Math.round(run.epochs() / epochsPerStep));
    this.budget = new StepBudget(run.numWorkers());
    this.totals = new NodeTotals(run.numWorkers());
    this.trace = new GossipTrace(objective, data, run.target());
  }

  /** The nodes' weights before the first step, in the order of the nodes. */
  PairSession startingFrom(double[][] start) {
    PairState[] first = new PairState[start.length];
    for (int node = 0; node < first.length; node++) {
      first[node] = new PairState(start[node], run.optimizer().newState(start[node].length), 0);
    }
    states = first;
    return this;
  }

  GossipRun run() {
    int numSegments = run.target() == null ? 1 : (int) Math.min(SEGMENTS_WITH_TARGET, totalSteps);
    StopReason reason = StopReason.COMPLETED;
    long updates = 0;
    for (int s = 1; s <= numSegments && reason == StopReason.COMPLETED; s++) {
      long limit = totalSteps * s / numSegments;
      boolean reached = segment(updates, limit, nodeWeightsWanted || s < numSegments);
      updates = budget.progress();
      if (budget.isDiverged()) {
        reason = StopReason.DIVERGED;
      } else if (reached) {
        reason = StopReason.TARGET_REACHED;
      }
    }
    return result(reason, updates);
  }

  /** Does steps (first, limit] and evaluates their snapshots; true if one reaches the target. */
  private boolean segment(long first, long limit, boolean returnStates) {
    List<SegmentPart> parts = runJob(first, limit, returnStates);
    String problem = budget.problem();
    if (problem != null) {
      throw new RunStoppedException("run " + runId + " stops: " + problem);
    }
    List<RoundMean> means = inOrder(parts);
    List<PairEnd> ends =
        parts.stream()
            .filter(PairEnd.class::isInstance)
            .map(PairEnd.class::cast)
            .sorted(Comparator.comparingInt(end -> end.end.node))
            .toList();
    long bytesBefore = totals.bytesSent();
    double secondsBefore = clockSeconds;
    ends.forEach(end -> add(end, secondsBefore));
    clockSeconds += ends.stream().mapToDouble(node -> node.end.seconds).max().orElse(0);
    if (returnStates) {
      states =
          ends.stream().map(node -> Objects.requireNonNull(node.state)).toArray(PairState[]::new);
    }
    boolean reached = trace.add(means, mean -> snapshot(mean, secondsBefore, bytesBefore));
    if (!means.isEmpty()) {
      progress.evaluated(trace.points().get(trace.points().size() - 1));
    }
    return reached;
  }

  /** The means of the snapshots, each later in steps than the one before. */
  private List<RoundMean> inOrder(List<SegmentPart> parts) {
    List<RoundMean> means = new ArrayList<>();
    parts.stream()
        .filter(RoundMean.class::isInstance)
        .map(RoundMean.class::cast)
        .sorted(Comparator.comparingLong(mean -> mean.round))
        .forEach(
            mean -> {
              // Two occasions may have come at once.
              if (!means.isEmpty() && updates(mean) <= updates(means.get(means.size() - 1))) {
                means.remove(means.size() - 1);
              }
              means.add(mean);
            });
    return means;
  }

  /** Steps done by all nodes; where a task's snapshots were lost with it, its occasion. */
  private long updates(RoundMean mean) {
    return mean.numNodes == run.numWorkers() ? mean.steps : mean.round;
  }

  private void add(PairEnd end, double secondsBefore) {
    totals.add(end.end, secondsBefore);
    averages += end.averages;
    staleness.add(end.staleness);
    for (int neighbour : end.missed) {
      missed.add(neighbour);
    }
    if (end.attempt > 0) {
      rejoined.add(end.end.node);
    }
  }

  private List<SegmentPart> runJob(long first, long limit, boolean returnStates) {
    int numParameters = objective.model().numParameters();
    String segmentId = runId + "-" + first;
    budget.extendTo(limit);
    Broadcast<PairState[]> shared = states == null ? null : spark.broadcast(states);
    try (RunControl control = RunControl.open(segmentId, run.numWorkers(), run.maxWait());
        BudgetDesk desk =
            BudgetDesk.open(segmentId, budget, new Separation(order, run.maxWait().toNanos()));
        ProgressPoll poll =
            new ProgressPoll(
                () -> desk.read(StepBudget::progress) * epochsPerStep, run.epochs(), progress)) {
      poll.start();
      PairSegment segment =
          new PairSegment(
              control.address(),
              desk.address(),
              objective,
              run,
              order,
              first,
              limit,
              epochsPerStep,
              Math.max(1, totalSteps / run.snapshots()),
              SnapshotSchedule.limitFor(
                  (long) numParameters * run.numWorkers(),
                  RunSettings.MAX_SNAPSHOT_BYTES,
                  2 * run.snapshots()),
              shared,
              returnStates);
      NodeCurves kept =
          NodeCurves.of(
              segment.snapshotInterval(),
              run.snapshots(),
              limit == totalSteps ? limit : -1,
              (long) numParameters * run.numWorkers());
      try {
        return SegmentJob.run(workers, new PairTask(segment), kept);
      } catch (Exception e) { // Spark's own is a checked one that nobody declares.
        String message = String.valueOf(e.getMessage());
        throw new IllegalStateException(
            "run %s failed; nodes %s had not finished: %s"
                .formatted(
                    runId,
                    desk.read(StepBudget::unfinished),
                    message.lines().findFirst().orElse("")),
            e);
      }
    } finally {
      if (shared != null) {
        shared.destroy();
      }
    }
  }

  private Snapshot snapshot(RoundMean mean, double secondsBefore, long bytesBefore) {
    return new Snapshot(
        updates(mean),
        secondsBefore + mean.seconds,
        updates(mean) * epochsPerStep,
        bytesBefore + mean.bytesSent,
        mean.mean,
        mean.consensusDistance,
        null,
        // Snapshots of a task that was lost are lost.
        mean.numNodes == run.numWorkers() ? mean.nodeWeights : List.of());
  }

  private GossipRun result(StopReason reason, long updates) {
    RoundMean last = trace.latest();
    progress.progressed(Math.min(run.epochs(), updates * epochsPerStep), run.epochs());
    List<WorkerActivity> activities = totals.activities();
    TrainingRun trained =
        new TrainingRun(
                "gossip",
                settings.algorithm().name(),
                settingsInWords(),
                run.seed(),
                Versions.here(spark.sc()),
                reason,
                reason == StopReason.DIVERGED ? (Long) updates : null,
                last.mean,
                trace.points(),
                clockSeconds,
                updates,
                activities.stream().mapToLong(WorkerActivity::batches).sum(),
                totals.bytesSent(),
                totals.bytesReceived(),
                staleness.histogram(),
                last.consensusDistance,
                activities,
                Map.of("averages", averages))
            .withTimeline(totals.timeline(clockSeconds));
    PairState[] finalStates = nodeWeightsWanted ? states : null;
    double[][] nodeWeights = new double[finalStates == null ? 0 : finalStates.length][];
    for (int node = 0; node < nodeWeights.length; node++) {
      nodeWeights[node] = Objects.requireNonNull(finalStates)[node].weights;
    }
    return new GossipRun(trained, nodeWeights, order.components());
  }

  private Map<String, String> settingsInWords() {
    Map<String, String> words = new LinkedHashMap<>(run.inWords());
    words.put("gossip-algorithm", settings.algorithm().name());
    words.put("topology", settings.topology().name());
    words.put("mixing", "pairwise");
    words.put("tasks", String.valueOf(workers.numTasks()));
    if (!missed.isEmpty()) {
      words.put("missed-nodes", missed.toString());
    }
    if (!rejoined.isEmpty()) {
      words.put("rejoined-nodes", rejoined.toString());
    }
    return words;
  }
}
