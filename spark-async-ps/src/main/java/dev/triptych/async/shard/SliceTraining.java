package dev.triptych.async.shard;

import dev.triptych.async.delay.DelayRule;
import dev.triptych.async.function.VectorView;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.PagedVector;
import dev.triptych.async.store.Shard;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import dev.triptych.core.training.StalenessHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the gradients that a shard has taken: the step size and the delay rule, the mean
 * of a clock with bsp, divergence, the budget, and the snapshots on the way.
 */
final class SliceTraining {
  private final ShardSettings settings;
  private final Gate gate;
  private final SentHistory sent;
  private final ShardCounters counters;
  private final Shard shard;
  private final StalenessHistogram staleness;
  // Empty for many workers. Not part of the state that moves: whoever takes it up begins anew.
  private final List<StalenessHistogram> workerStaleness = new ArrayList<>();
  private final KeptSnapshots snapshots;
  // bsp only: the gradients of the current clock by worker, and the weights one update ago
  private final List<@Nullable PushRequest> pending;
  private @Nullable PagedVector previousWeights;
  private long budget;
  private long numExamples;
  private long divergedAtUpdate;

  /** Weights as they start. */
  SliceTraining(ShardSettings settings, Gate gate, SentHistory sent, ShardCounters counters) {
    this.settings = settings;
    this.gate = gate;
    this.sent = sent;
    this.counters = counters;
    shard = new Shard(settings.length(), settings.optimizer(), settings.initialWeights());
    staleness = new StalenessHistogram();
    tellWorkersApart();
    snapshots = new KeptSnapshots(settings);
    pending = new ArrayList<>(Collections.nCopies(settings.numWorkers(), null));
    budget = settings.budget();
    keepSnapshotIfDue();
  }

  private SliceTraining(
      StateReader in, ShardSettings settings, Gate gate, SentHistory sent, ShardCounters counters)
      throws IOException {
    this.settings = settings;
    this.gate = gate;
    this.sent = sent;
    this.counters = counters;
    budget = in.readLong();
    numExamples = in.readLong();
    divergedAtUpdate = in.readLong();
    shard = Shard.read(in, settings.length(), settings.optimizer());
    staleness =
        StalenessHistogram.of(
            in.readLongs(StalenessHistogram.MAX_BIN + 1), in.readLong(), in.readLong());
    tellWorkersApart();
    snapshots = KeptSnapshots.read(in, settings, shard.weights());
    previousWeights = in.readBoolean() ? PagedVector.read(in, settings.length()) : null;
    pending = new ArrayList<>();
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      pending.add(in.readBoolean() ? ShardParts.readPush(in, worker, settings.length()) : null);
    }
  }

  static SliceTraining read(
      StateReader in, ShardSettings settings, Gate gate, SentHistory sent, ShardCounters counters)
      throws IOException {
    return new SliceTraining(in, settings, gate, sent, counters);
  }

  void writeTo(StateWriter out) throws IOException {
    out.putLong(budget).putLong(numExamples).putLong(divergedAtUpdate);
    shard.writeTo(out);
    out.putLongs(staleness.counts()).putLong(staleness.sum()).putLong(staleness.max());
    snapshots.writeTo(out);
    out.putBoolean(previousWeights != null);
    if (previousWeights != null) {
      previousWeights.writeTo(out);
    }
    for (PushRequest push : pending) {
      out.putBoolean(push != null);
      if (push != null) {
        ShardParts.writePush(out, push);
      }
    }
  }

  Progress progress() {
    if (divergedAtUpdate > 0) {
      return Progress.DIVERGED;
    }
    return numExamples >= budget ? Progress.DONE : Progress.RUNNING;
  }

  boolean isRunning() {
    return progress() == Progress.RUNNING;
  }

  /** 0 if no gradient has been infinite or NaN. */
  long divergedAtUpdate() {
    return divergedAtUpdate;
  }

  boolean hasDiverged() {
    return divergedAtUpdate > 0;
  }

  /** Examples whose gradients are applied or discarded. */
  long numExamples() {
    return numExamples;
  }

  int length() {
    return shard.length();
  }

  /** Updates applied so far. */
  long version() {
    return shard.version();
  }

  /** The live ones. */
  PagedVector weights() {
    return shard.weights();
  }

  /** What the optimizer remembers, live, by name. */
  Map<String, VectorView> optimizerState() {
    Map<String, VectorView> views = new LinkedHashMap<>();
    for (String name : settings.optimizer().stateNames()) {
      views.put(name, view(shard.state(views.size())));
    }
    return views;
  }

  /** A live vector of the slice, to be read. */
  static VectorView view(PagedVector vector) {
    return new VectorView() {
      @Override
      public int length() {
        return vector.length();
      }

      @Override
      public double at(int position) {
        return vector.get(position);
      }
    };
  }

  /** With bsp, after the first update, the weights before the last one; else null. */
  @Nullable PagedVector previousWeights() {
    return previousWeights;
  }

  KeptSnapshots snapshots() {
    return snapshots;
  }

  /** Of applied gradients; a copy. */
  StalenessHistogram staleness() {
    return StalenessHistogram.of(staleness.counts(), staleness.sum(), staleness.max());
  }

  /** The same by worker; a copy. */
  List<StalenessHistogram> workerStaleness() {
    return workerStaleness.stream()
        .map(each -> StalenessHistogram.of(each.counts(), each.sum(), each.max()))
        .toList();
  }

  private void tellWorkersApart() {
    if (settings.numWorkers() <= ShardStatus.MAX_WORKERS_APART) {
      for (int worker = 0; worker < settings.numWorkers(); worker++) {
        workerStaleness.add(new StalenessHistogram());
      }
    }
  }

  private void countStaleness(int worker, long delay) {
    staleness.add(delay);
    if (!workerStaleness.isEmpty()) {
      workerStaleness.get(worker).add(delay);
    }
  }

  long allocatedBytes() {
    PagedVector previous = previousWeights;
    return shard.allocatedBytes()
        + snapshots.bytesApart(shard.weights())
        + (previous == null ? 0 : previous.allocatedBytes());
  }

  /** Goes on to a larger budget, in examples. */
  void extend(long newBudget) {
    budget = newBudget;
  }

  /**
   * Takes a gradient.
   *
   * @param slowestClock of the workers that are there, this push counted
   * @return how many gradients were applied, as one update
   */
  int take(PushRequest push, long slowestClock, long now) {
    if (divergedAtUpdate > 0) {
      return 0;
    }
    if (!push.gradient().isFinite()) {
      divergedAtUpdate = shard.version() + 1;
      return 0;
    }
    if (settings.consistency().averagesClocks()) {
      pending.set(push.worker(), push);
      return applyClockIfComplete(slowestClock, now);
    }
    return takeAlone(push, now);
  }

  private int takeAlone(PushRequest push, long now) {
    DelayRule rule = settings.delayRule();
    long delay = shard.version() - push.versionRead();
    if (rule.discards(delay)) {
      counters.numDiscarded++;
      count(push.numExamples(), now);
      return 0;
    }
    countStaleness(push.worker(), delay);
    Gradient gradient = push.gradient();
    SentWeights read = sent.last(push.worker());
    if (read != null && read.version() == push.versionRead()) {
      gradient = read.compensate(gradient, shard.weights(), rule.compensation());
    }
    double initial = settings.stepSize().initial();
    double stepSize = rule.stepSize(stepSize(), initial, delay, settings.numWorkers());
    apply(gradient, stepSize, push.numExamples(), now);
    return 1;
  }

  /**
   * The mean of a clock, once whoever is there has pushed; what the dead had pushed before counts
   * as well.
   *
   * @return how many gradients were applied, as one update
   */
  int applyClockIfComplete(long slowestClock, long now) {
    if (divergedAtUpdate > 0
        || slowestClock <= shard.version()
        || pending.stream().allMatch(push -> push == null)) {
      return 0;
    }
    List<Gradient> gradients = new ArrayList<>();
    long examples = 0;
    for (int worker = 0; worker < pending.size(); worker++) {
      PushRequest push = pending.set(worker, null);
      if (push != null) {
        gradients.add(push.gradient());
        examples += push.numExamples();
        countStaleness(worker, shard.version() - push.versionRead());
      }
    }
    previousWeights = shard.weights().snapshot();
    apply(Gradient.mean(gradients, shard.length()), stepSize(), examples, now);
    return gradients.size();
  }

  private double stepSize() {
    return settings.stepSize().at((double) numExamples / settings.numExamples());
  }

  private void apply(Gradient gradient, double stepSize, long examples, long now) {
    shard.apply(gradient, stepSize);
    count(examples, now);
    keepSnapshotIfDue();
  }

  private void count(long examples, long now) {
    numExamples += examples;
    gate.moveClock(now);
  }

  private void keepSnapshotIfDue() {
    if (snapshots.isDue(shard.version())) {
      snapshots.keepDue(live());
    }
  }

  /** The slice as it is now, with the live weights. */
  KeptSnapshot live() {
    return new KeptSnapshot(
        shard.version(),
        gate.nanos(),
        numExamples,
        counters.bytesReceived + counters.bytesSent,
        staleness.max(),
        shard.weights());
  }
}
