package dev.triptych.async.shard;

import dev.triptych.async.consistency.ClockTable;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRule;
import dev.triptych.async.function.VectorView;
import dev.triptych.async.ledger.PushLedger;
import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.shard.Response.Reason;
import dev.triptych.async.state.StateReader;
import dev.triptych.async.state.StateWriter;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.PagedVector;
import dev.triptych.async.store.Shard;
import dev.triptych.core.training.StalenessHistogram;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One shard of one run as a deterministic state machine: events in, effects out.
 *
 * <p>Start gate: first pulls wait until all N workers have asked, so that everybody starts from the
 * same version and the training clock starts there. Afterwards each worker has exactly one gradient
 * in flight: it pushes gradient t and asks for the weights of step t+1 in one request. With bsp and
 * ssp(0) the N gradients of a clock are summed in worker order, divided by N and applied as one
 * update; otherwise each gradient is applied on arrival with the full step size. A pull of a worker
 * too far ahead waits here, without a thread, until the slowest has moved.
 *
 * <p>A {@link DelayRule} may make the step of an old gradient smaller, correct the gradient or
 * discard it. A discarded one counts as taken: the ledger and the worker's clock advance and its
 * examples count towards the budget, so an epoch costs the same number of gradients under every
 * rule and the run ends even if all are discarded. It is no update: the version stays.
 *
 * <p>Every push is applied exactly once ({@link PushLedger}). A worker that was replaced after its
 * push had reached some shards only may pull once more for a clock that this shard already has: it
 * gets weights (bsp: those of that clock, bit for bit) and its repeated push is a duplicate here.
 *
 * <p>With {@link #recordOrder} or {@link #replay} a pull is answered once: whoever asks for the
 * same clock again, or comes back for the one before, is sent the very same weights. So a gradient
 * has one value whatever befalls its worker, and the {@link ArrivalOrder} alone decides the
 * weights. A replay holds every request back until its turn.
 *
 * <p>Not thread-safe. The list of effects that an event returns is valid until the next event.
 *
 * @param <T> names the party that a reply goes to
 */
public final class ShardMachine<T> {
  private static final DoubleBuffer NOTHING = DoubleBuffer.allocate(0);

  private final ShardSettings settings;
  private final Consistency consistency;
  private final Shard shard;
  private final Gate gate;
  private final ClockTable clocks;
  private final PushLedger ledger;
  private final ParkedPulls<T> parked;
  // used only with a rule that compensates or an order
  private final SentHistory sent;
  private final Turns<T> turns;
  private final KeptSnapshots snapshots;
  private final StalenessHistogram staleness;
  private final ShardCounters counters;
  private final long[] lastReads;
  // bsp only: the gradients of the current clock by worker, and the weights one update ago
  private final List<@Nullable PushRequest> pending;
  private @Nullable PagedVector previousWeights;
  private final List<Effect<T>> effects = new ArrayList<>();
  private long budget;
  private long numExamples;
  private long divergedAtUpdate;

  /** All weights zero, nobody there yet. */
  public ShardMachine(ShardSettings settings) {
    this.settings = settings;
    int numWorkers = settings.numWorkers();
    consistency = settings.consistency();
    shard = new Shard(settings.length(), settings.optimizer());
    gate = new Gate();
    clocks = new ClockTable(numWorkers);
    ledger = new PushLedger(numWorkers);
    parked = new ParkedPulls<>(numWorkers);
    sent = new SentHistory(numWorkers);
    turns = new Turns<>(numWorkers, ledger, sent);
    snapshots = new KeptSnapshots(settings);
    staleness = new StalenessHistogram();
    counters = new ShardCounters();
    lastReads = new long[numWorkers];
    pending = new ArrayList<>(Collections.nCopies(numWorkers, null));
    budget = settings.budget();
    keepSnapshotIfDue();
  }

  private ShardMachine(ShardSettings settings, T nobody, StateReader in) throws IOException {
    this.settings = settings;
    int numWorkers = settings.numWorkers();
    int length = settings.length();
    consistency = settings.consistency();
    budget = in.readLong();
    gate = Gate.read(in);
    numExamples = in.readLong();
    divergedAtUpdate = in.readLong();
    counters = ShardCounters.read(in);
    shard = Shard.read(in, length, settings.optimizer());
    clocks = ClockTable.read(in, numWorkers);
    ledger = PushLedger.read(in, numWorkers);
    staleness =
        StalenessHistogram.of(
            in.readLongs(StalenessHistogram.MAX_BIN + 1), in.readLong(), in.readLong());
    lastReads = in.readLongs(numWorkers);
    snapshots = KeptSnapshots.read(in, settings, shard.weights());
    previousWeights = in.readBoolean() ? PagedVector.read(in, length) : null;
    pending = new ArrayList<>();
    parked = new ParkedPulls<>(numWorkers);
    sent = new SentHistory(numWorkers);
    turns = new Turns<>(numWorkers, ledger, sent);
    for (int worker = 0; worker < numWorkers; worker++) {
      pending.add(in.readBoolean() ? ShardParts.readPush(in, worker, length) : null);
      parked.read(in, worker, length, nobody);
      sent.read(in, worker, length);
      turns.readHeld(in, worker, length, nobody);
    }
    turns.readOrder(in);
  }

  /**
   * A machine that goes on exactly where {@link #writeTo} was called: the same events lead to the
   * same state, bit for bit. Its parked pulls are answered to {@code nobody}; their workers ask
   * again.
   *
   * @param settings as those of the machine that was written
   * @throws dev.triptych.async.state.DamagedStateException if the bytes are no such state
   */
  public static <T> ShardMachine<T> read(ShardSettings settings, T nobody, StateReader in)
      throws IOException {
    return new ShardMachine<>(settings, nobody, in);
  }

  /** All of its state but the settings. */
  public void writeTo(StateWriter out) throws IOException {
    out.putLong(budget);
    gate.writeTo(out);
    out.putLong(numExamples).putLong(divergedAtUpdate);
    counters.writeTo(out);
    shard.writeTo(out);
    clocks.writeTo(out);
    ledger.writeTo(out);
    out.putLongs(staleness.counts()).putLong(staleness.sum()).putLong(staleness.max());
    out.putLongs(lastReads);
    snapshots.writeTo(out);
    PagedVector previous = previousWeights;
    out.putBoolean(previous != null);
    if (previous != null) {
      previous.writeTo(out);
    }
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      PushRequest push = pending.get(worker);
      out.putBoolean(push != null);
      if (push != null) {
        ShardParts.writePush(out, push);
      }
      parked.writeTo(out, worker);
      sent.writeTo(out, worker);
      turns.writeHeld(out, worker);
    }
    turns.writeOrder(out);
  }

  /**
   * For a run that was saved and is taken up by a new application: its attempts count from the
   * beginning, nobody is there yet, the gate is closed.
   *
   * @param newBudget in examples
   */
  public void resume(long newBudget) {
    ledger.forgetAttempts();
    parked.clear();
    turns.clear();
    gate.reset();
    extend(newBudget);
  }

  /**
   * Closes the gate until {@link #release}, for a cut through all shards: every worker comes to
   * wait with its next pull, at this shard or at another one. The training clock stands still.
   */
  public void hold() {
    gate.hold();
  }

  /** Ends {@link #hold}: whoever may go goes. */
  public List<Effect<T>> release(long now) {
    effects.clear();
    if (!gate.isHeld()) {
      return effects;
    }
    gate.release(now);
    if (gate.isShut()) {
      openIfAllAreThere(now);
    } else {
      releaseParked();
    }
    return effects;
  }

  /** How far every worker is here, while the gate is held. */
  public ShardCut cut() {
    BitSet waiting = new BitSet();
    BitSet removed = new BitSet();
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      waiting.set(worker, isParked(worker));
      removed.set(worker, clocks.isRemoved(worker));
    }
    return new ShardCut(progress(), nextSequences(), waiting, removed);
  }

  /** The next sequence of each worker. */
  public long[] nextSequences() {
    long[] sequences = new long[settings.numWorkers()];
    for (int worker = 0; worker < sequences.length; worker++) {
      sequences[worker] = ledger.nextSequence(worker);
    }
    return sequences;
  }

  /** Whether a worker waits here with the pull of its next step. */
  public boolean isParked(int worker) {
    PullRequest pull = parked.request(worker);
    return pull != null && pull.clock() == ledger.nextSequence(worker);
  }

  /** Keeps the order of pushes from here on; before the first one. Repeating it changes nothing. */
  public void recordOrder() {
    turns.record();
  }

  /**
   * Takes the pushes in this order, and lets workers read the versions that they read then; before
   * the first event. Repeating it changes nothing. With bsp and ssp(0), which need no order, any is
   * taken.
   */
  public void replay(ArrivalOrder recorded) {
    turns.replay(recorded, !consistency.averagesClocks());
  }

  /** The order so far, or the one that is replayed; null if neither was asked for. */
  public @Nullable ArrivalOrder order() {
    return turns.order();
  }

  /** A new attempt at a worker: older ones are fenced, the answer says where to continue. */
  public List<Effect<T>> hello(HelloRequest request, T from) {
    effects.clear();
    if (!knownWorker(request.worker(), from)
        || !present(request.worker(), request.attempt(), from)
        || !entered(request.worker(), request.attempt(), from)) {
      return effects;
    }
    return answer(from, new Response.Resume(progress(), ledger.nextSequence(request.worker())));
  }

  /**
   * A worker asks for weights: answered now, or parked.
   *
   * @param now nanoseconds on any monotonic clock
   */
  public List<Effect<T>> pull(PullRequest request, T from, long now) {
    effects.clear();
    int worker = request.worker();
    if (!knownWorker(worker, from)
        || !present(worker, request.attempt(), from)
        || !entered(worker, request.attempt(), from)) {
      return effects;
    }
    if (!request.selection().fits(shard.length())) {
      return reject(from, Reason.INVALID, Flaw.ofKeys(worker, shard.length()));
    }
    take(request, from, now);
    takeHeldPushes(now);
    return effects;
  }

  /** A gradient comes in, with the next pull or without. */
  public List<Effect<T>> push(PushRequest request, T from, long now) {
    effects.clear();
    int worker = request.worker();
    if (!knownWorker(worker, from) || !present(worker, request.attempt(), from)) {
      return effects;
    }
    String flaw = Flaw.of(request, shard.length(), shard.version());
    if (flaw != null) {
      return reject(from, Reason.INVALID, flaw);
    }
    if (isHeldBack(request, from)) {
      return effects;
    }
    admit(request, from, now);
    takeHeldPushes(now);
    return effects;
  }

  private void admit(PushRequest request, T from, long now) {
    int worker = request.worker();
    switch (ledger.admit(worker, request.attempt(), request.sequence())) {
      case FENCED -> {
        fence(worker, from);
        return;
      }
      case GAP -> {
        reject(
            from,
            Reason.OUT_OF_ORDER,
            "worker %d pushed %d, expected %d"
                .formatted(worker, request.sequence(), ledger.nextSequence(worker)));
        return;
      }
      case DUPLICATE -> {
        releaseOlder(worker, request.attempt());
        counters.numDuplicates++;
      }
      case APPLY -> {
        releaseOlder(worker, request.attempt());
        accept(request, now);
      }
    }
    PullRequest next = request.nextPull();
    if (next == null) {
      answer(from, new Response.Accepted(progress(), shard.version()));
    } else {
      take(next, from, now);
    }
  }

  /** Whether a replay keeps the push for later, or refuses it. */
  private boolean isHeldBack(PushRequest request, T from) {
    int worker = request.worker();
    if (!turns.isReplaying()
        || divergedAtUpdate > 0
        || request.sequence() != ledger.nextSequence(worker)
        || !ledger.enter(worker, request.attempt())) {
      return false;
    }
    releaseOlder(worker, request.attempt());
    String flaw = turns.flawOf(request);
    if (flaw != null) {
      reject(from, Reason.INVALID, flaw);
      return true;
    }
    if (turns.isTurnOf(worker, shard.version())) {
      return false;
    }
    supersede(worker, turns.hold(request, from));
    return true;
  }

  private void takeHeldPushes(long now) {
    Turns.HeldPush<T> push = turns.next(shard.version());
    while (push != null) {
      admit(push.request(), push.from(), now);
      push = turns.next(shard.version());
    }
  }

  /**
   * The run goes on to a larger budget. The gate closes: everybody waits again until all N workers
   * have asked, the dead ones too, and the training clock stands still meanwhile.
   *
   * @param newBudget in examples
   */
  public void extend(long newBudget) {
    budget = newBudget;
    gate.shut();
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      restore(worker);
    }
    sent.forget(); // whoever comes reads anew
  }

  /**
   * A worker is dead: nobody waits for it any more, at the gate neither, and bsp averages those
   * that are there. What it had pushed stays. Its attempts so far are refused from now on; a newer
   * one is there again, with the clock of the slowest.
   */
  public List<Effect<T>> remove(int worker, long now) {
    effects.clear();
    if (worker < 0 || worker >= settings.numWorkers() || clocks.isRemoved(worker)) {
      return effects;
    }
    clocks.remove(worker);
    fenceIfThere(worker, parked.remove(worker));
    fenceIfThere(worker, turns.remove(worker));
    if (consistency.averagesClocks()) {
      applyClockIfComplete(now);
    }
    openIfAllAreThere(now);
    releaseParked();
    return effects;
  }

  /**
   * Whether a pull has waited longer than a bound, told once for each pull.
   *
   * @return one line that names who waits for whom, or null
   */
  public @Nullable String longWait(long now, long boundNanos) {
    ParkedPulls.ParkedPull<T> pull = parked.tellLong(now, boundNanos);
    return pull == null
        ? null
        : "worker %d has waited %d s for clock %d; waiting for workers %s"
            .formatted(
                pull.request().worker(),
                (now - pull.since()) / 1_000_000_000,
                pull.request().clock(),
                waitingFor());
  }

  /** The run is over here: whoever still waits is told so. */
  public List<Effect<T>> close() {
    effects.clear();
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      tellClosed(parked.remove(worker));
      tellClosed(turns.remove(worker));
    }
    return effects;
  }

  private void tellClosed(@Nullable T waiting) {
    if (waiting != null) {
      reject(waiting, Reason.UNKNOWN_RUN, "the run was closed");
    }
  }

  /** Adds to the counters of payload bytes. */
  public void countBytes(long received, long sent) {
    counters.bytesReceived += received;
    counters.bytesSent += sent;
  }

  /** Counts what a message would have taken with plain keys and doubles, nothing kept back. */
  public void countPlainBytes(long bytes) {
    counters.bytesPlain += bytes;
  }

  /** How it stands; copies everything. */
  public ShardStatus status() {
    return new ShardStatus(
        progress(),
        shard.version(),
        divergedAtUpdate,
        numExamples,
        gate.nanos(),
        counters.bytesReceived,
        counters.bytesSent,
        counters.bytesPlain,
        counters.maxClockGap,
        counters.numDuplicates,
        counters.numFenced,
        counters.numDiscarded,
        parked.size(),
        waitingFor(),
        nextSequences(),
        Arrays.copyOf(lastReads, lastReads.length),
        StalenessHistogram.of(staleness.counts(), staleness.sum(), staleness.max()));
  }

  /** The first snapshot kept so far of at least this version, or null; a copy. */
  public @Nullable SliceSnapshot snapshotFrom(long version) {
    return snapshots.firstFrom(version);
  }

  /** Memory of weights, optimizer state and of the pages that only snapshots have, in bytes. */
  public long allocatedBytes() {
    PagedVector previous = previousWeights;
    return shard.allocatedBytes()
        + snapshots.bytesApart(shard.weights())
        + (previous == null ? 0 : previous.allocatedBytes());
  }

  /**
   * Keeps the slice as it is now, unless it is kept already, beyond the schedule; a later thinning
   * may drop it again.
   */
  public void keepNow() {
    snapshots.keepAnyway(live());
  }

  /**
   * What is kept from a version on, ascending.
   *
   * @param numPenalised this many first positions count in the squared norms
   */
  public List<SnapshotSummary> summaries(long version, int numPenalised) {
    return snapshots.summaries(version, numPenalised);
  }

  /** Weights of the kept snapshot of exactly this version, or null if there is none. */
  public @Nullable DoubleBuffer valuesAt(long version, IntBuffer positions) {
    return snapshots.valuesAt(version, positions);
  }

  /** The slice as it is now; a copy. */
  public SliceSnapshot current() {
    return live().slice();
  }

  /** The live weights, to be read between two events. */
  public VectorView weights() {
    return view(Shard::weights);
  }

  /** What the optimizer remembers, by name, to be read between two events. */
  public Map<String, VectorView> optimizerState() {
    Map<String, VectorView> views = new LinkedHashMap<>();
    for (String name : settings.optimizer().stateNames()) {
      int vector = views.size();
      views.put(name, view(slice -> slice.state(vector)));
    }
    return views;
  }

  private VectorView view(Function<Shard, PagedVector> vector) {
    return new VectorView() {
      @Override
      public int length() {
        return shard.length();
      }

      @Override
      public double at(int position) {
        return vector.apply(shard).get(position);
      }
    };
  }

  /** Updates applied so far. */
  public long version() {
    return shard.version();
  }

  /** Whether a gradient that was not finite has ended the run here. */
  public boolean hasDiverged() {
    return divergedAtUpdate > 0;
  }

  /** Length of the slice. */
  public int length() {
    return shard.length();
  }

  private Progress progress() {
    if (divergedAtUpdate > 0) {
      return Progress.DIVERGED;
    }
    return numExamples >= budget ? Progress.DONE : Progress.RUNNING;
  }

  private void accept(PushRequest request, long now) {
    int worker = request.worker();
    clocks.advance(worker);
    counters.maxClockGap = Math.max(counters.maxClockGap, clocks.gap());
    turns.taken(request);
    if (divergedAtUpdate > 0) {
      return;
    }
    if (!request.gradient().isFinite()) {
      divergedAtUpdate = shard.version() + 1;
    } else if (consistency.averagesClocks()) {
      pending.set(worker, request);
      applyClockIfComplete(now);
    } else {
      acceptAlone(request, now);
    }
    releaseParked();
  }

  private void acceptAlone(PushRequest request, long now) {
    DelayRule rule = settings.delayRule();
    long delay = shard.version() - request.versionRead();
    if (rule.discards(delay)) {
      counters.numDiscarded++;
      count(request.numExamples(), now);
      return;
    }
    staleness.add(delay);
    Gradient gradient = request.gradient();
    SentWeights read = sent.last(request.worker());
    if (read != null && read.version() == request.versionRead()) {
      gradient = read.compensate(gradient, shard.weights(), rule.compensation());
    }
    double initial = settings.stepSize().initial();
    double stepSize = rule.stepSize(stepSize(), initial, delay, settings.numWorkers());
    apply(gradient, stepSize, request.numExamples(), 1, now);
  }

  /** Whoever is there has pushed; what the dead had pushed before counts as well. */
  private void applyClockIfComplete(long now) {
    if (divergedAtUpdate == 0
        && clocks.min() > shard.version()
        && pending.stream().anyMatch(push -> push != null)) {
      applyClock(now);
    }
  }

  private void applyClock(long now) {
    List<Gradient> gradients = new ArrayList<>();
    long examples = 0;
    for (int worker = 0; worker < pending.size(); worker++) {
      PushRequest push = pending.set(worker, null);
      if (push != null) {
        gradients.add(push.gradient());
        examples += push.numExamples();
        staleness.add(shard.version() - push.versionRead());
      }
    }
    previousWeights = shard.weights().snapshot();
    Gradient mean = Gradient.mean(gradients, shard.length());
    apply(mean, stepSize(), examples, gradients.size(), now);
  }

  private double stepSize() {
    return settings.stepSize().at((double) numExamples / settings.numExamples());
  }

  private void count(long examples, long now) {
    numExamples += examples;
    gate.moveClock(now);
  }

  private void apply(
      Gradient gradient, double stepSize, long examples, int numGradients, long now) {
    shard.apply(gradient, stepSize);
    count(examples, now);
    effects.add(new Effect.Applied<>(shard.version(), numGradients));
    keepSnapshotIfDue();
  }

  private void keepSnapshotIfDue() {
    if (snapshots.isDue(shard.version())) {
      snapshots.keepDue(live());
    }
  }

  /** The slice as it is now, with the live weights. */
  private KeptSnapshot live() {
    return new KeptSnapshot(
        shard.version(),
        gate.nanos(),
        numExamples,
        counters.bytesReceived + counters.bytesSent,
        staleness.max(),
        shard.weights());
  }

  /** The pull logic, shared by pull and push. */
  private void take(PullRequest pull, T from, long now) {
    int worker = pull.worker();
    long clock = pull.clock();
    long next = ledger.nextSequence(worker);
    if (clock > next || clock < 0) {
      reject(
          from,
          Reason.OUT_OF_ORDER,
          "worker %d asked for clock %d, expected %d".formatted(worker, clock, next));
    } else if (divergedAtUpdate > 0) {
      answerWeights(pull, from);
    } else if (turns.order() != null && answeredAsBefore(pull, from)) {
      return;
    } else if (clock < next) {
      answerAgain(pull, from);
    } else if (turns.isOver() && isRunning()) {
      reject(
          from,
          Reason.INVALID,
          "the recorded order ends after %d pushes, before the budget".formatted(turns.position()));
    } else if (gate.isShut()) {
      park(pull, from, now);
      openIfAllAreThere(now);
    } else if (mayGo(pull)) {
      answerWeights(pull, from);
    } else {
      park(pull, from, now);
    }
  }

  private void openIfAllAreThere(long now) {
    if (gate.isShut()
        && !gate.isHeld()
        && parked.size() > 0
        && parked.size() == clocks.numPresent()) {
      gate.open(now);
      releaseParked();
    }
  }

  private boolean isRunning() {
    return progress() == Progress.RUNNING;
  }

  /** By the clock table: the clock of a worker that was away runs ahead of its sequence. */
  private boolean mayGo(PullRequest pull) {
    int worker = pull.worker();
    return !isRunning()
        || (consistency.mayStart(clocks.clock(worker), clocks.min())
            && turns.mayRead(worker, pull.clock(), shard.version()));
  }

  /** The same weights as the last time, if they were sent for this clock. */
  private boolean answeredAsBefore(PullRequest pull, T from) {
    SentWeights same = sent.same(pull);
    if (same == null) {
      return false;
    }
    DoubleBuffer values = DoubleBuffer.wrap(same.values());
    answerWeights(Progress.RUNNING, same.version(), values, pull, from);
    return true;
  }

  private void answerWeights(PullRequest pull, T from) {
    int worker = pull.worker();
    lastReads[worker] = shard.version();
    DoubleBuffer values =
        progress() == Progress.DIVERGED ? NOTHING : pull.selection().view(shard.weights());
    boolean compensated = settings.delayRule().compensation() > 0 && divergedAtUpdate == 0;
    if (turns.order() != null ? isRunning() : compensated) {
      SentWeights copy = SentWeights.of(pull.clock(), shard.version(), pull.selection(), values);
      sent.add(worker, copy);
      // the same event may go on to another push, which changes the live slice
      values = DoubleBuffer.wrap(copy.values());
    }
    answerWeights(progress(), shard.version(), values, pull, from);
  }

  /** This shard has the push of the pull's clock, another one lacks it. */
  private void answerAgain(PullRequest pull, T from) {
    int worker = pull.worker();
    PagedVector weights = shard.weights();
    PagedVector previous = previousWeights;
    long version = shard.version();
    long tableClock = pull.clock() + clocks.clock(worker) - ledger.nextSequence(worker);
    if (previous != null && tableClock == version - 1) {
      weights = previous;
      version = tableClock;
    } else if (consistency.averagesClocks() && tableClock != version) {
      reject(
          from,
          Reason.OUT_OF_ORDER,
          "worker %d asked for clock %d at version %d".formatted(worker, pull.clock(), version));
      return;
    }
    answerWeights(Progress.RUNNING, version, pull.selection().view(weights), pull, from);
  }

  private void answerWeights(
      Progress progress, long version, DoubleBuffer values, PullRequest pull, T from) {
    answer(from, new Response.Weights(progress, version, values, pull.selection().format()));
  }

  private void park(PullRequest pull, T from, long now) {
    supersede(pull.worker(), parked.put(pull, now, from));
    effects.add(new Effect.Parked<>(pull.worker(), pull.clock()));
  }

  private void supersede(int worker, @Nullable T older) {
    if (older != null) {
      reject(older, Reason.SUPERSEDED, "worker " + worker + " asked again");
    }
  }

  private void releaseParked() {
    if (gate.isShut() && divergedAtUpdate == 0) {
      return;
    }
    for (int worker = 0; parked.size() > 0 && worker < settings.numWorkers(); worker++) {
      PullRequest pull = parked.request(worker);
      T from = pull != null && mayGo(pull) ? parked.remove(worker) : null;
      if (pull != null && from != null) {
        answerWeights(pull, from);
      }
    }
  }

  private List<Integer> waitingFor() {
    if (!gate.isShut()) {
      List<Integer> awaited = turns.waitsFor(shard.version());
      return awaited.isEmpty() ? clocks.slowest() : awaited;
    }
    List<Integer> missing = new ArrayList<>();
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      if (!clocks.isRemoved(worker) && parked.request(worker) == null) {
        missing.add(worker);
      }
    }
    return missing;
  }

  private boolean knownWorker(int worker, T from) {
    if (worker >= 0 && worker < settings.numWorkers()) {
      return true;
    }
    reject(
        from,
        Reason.INVALID,
        "worker %d, but there are %d workers".formatted(worker, settings.numWorkers()));
    return false;
  }

  private void restore(int worker) {
    clocks.restore(worker, consistency.averagesClocks() ? shard.version() : clocks.max());
  }

  /** A removed worker is there again with a newer attempt; its older ones stay out. */
  private boolean present(int worker, long attempt, T from) {
    if (!clocks.isRemoved(worker)) {
      return true;
    }
    if (!ledger.isNew(worker, attempt)) {
      counters.numFenced++;
      reject(from, Reason.FENCED, "worker " + worker + " was declared dead");
      return false;
    }
    restore(worker);
    return true;
  }

  private boolean entered(int worker, long attempt, T from) {
    if (!ledger.enter(worker, attempt)) {
      fence(worker, from);
      return false;
    }
    releaseOlder(worker, attempt);
    return true;
  }

  /** Whoever waits for an attempt that has just been replaced is refused. */
  private void releaseOlder(int worker, long attempt) {
    fenceIfThere(worker, parked.removeOlder(worker, attempt));
    fenceIfThere(worker, turns.removeOlder(worker, attempt));
  }

  private void fenceIfThere(int worker, @Nullable T waiting) {
    if (waiting != null) {
      fence(worker, waiting);
    }
  }

  private List<Effect<T>> fence(int worker, T from) {
    counters.numFenced++;
    return reject(from, Reason.FENCED, "a newer attempt runs worker " + worker);
  }

  private List<Effect<T>> reject(T from, Reason reason, String message) {
    return answer(from, new Response.Rejected(reason, message));
  }

  private List<Effect<T>> answer(T from, Response reply) {
    effects.add(new Effect.Answer<>(from, reply));
    return effects;
  }
}
