package dev.triptych.async.shard;

import dev.triptych.async.consistency.ClockTable;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRule;
import dev.triptych.async.function.VectorView;
import dev.triptych.async.ledger.PushLedger;
import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.store.PagedVector;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
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
  private final Gate gate;
  private final ShardCounters counters;
  private final Effects<T> effects;
  private final ClockTable clocks;
  private final PushLedger ledger;
  private final ParkedPulls<T> parked;
  private final SentHistory sent;
  private final Turns<T> turns;
  private final SliceTraining slice;

  /** All weights zero, nobody there yet. */
  public ShardMachine(ShardSettings settings) {
    this.settings = settings;
    int numWorkers = settings.numWorkers();
    consistency = settings.consistency();
    gate = new Gate();
    counters = new ShardCounters();
    effects = new Effects<>(counters);
    clocks = new ClockTable(numWorkers);
    ledger = new PushLedger(numWorkers);
    parked = new ParkedPulls<>(numWorkers);
    sent = new SentHistory(numWorkers);
    turns = new Turns<>(numWorkers, ledger, sent);
    slice = new SliceTraining(settings, gate, sent, counters);
  }

  private ShardMachine(ShardSettings settings, T nobody, StateReader in) throws IOException {
    this.settings = settings;
    consistency = settings.consistency();
    gate = Gate.read(in);
    counters = ShardCounters.read(in);
    effects = new Effects<>(counters);
    clocks = ClockTable.read(in, settings.numWorkers());
    ledger = PushLedger.read(in, settings.numWorkers());
    parked = ParkedPulls.read(in, settings, nobody);
    sent = SentHistory.read(in, settings);
    turns = Turns.read(in, settings, nobody, ledger, sent);
    slice = SliceTraining.read(in, settings, gate, sent, counters);
  }

  /**
   * A machine that goes on exactly where {@link #writeTo} was called: the same events lead to the
   * same state, bit for bit. Its parked pulls are answered to {@code nobody}; their workers ask
   * again.
   *
   * @param settings as those of the machine that was written
   * @throws dev.triptych.core.state.DamagedStateException if the bytes are no such state
   */
  public static <T> ShardMachine<T> read(ShardSettings settings, T nobody, StateReader in)
      throws IOException {
    return new ShardMachine<>(settings, nobody, in);
  }

  /** All of its state but the settings. */
  public void writeTo(StateWriter out) throws IOException {
    gate.writeTo(out);
    counters.writeTo(out);
    clocks.writeTo(out);
    ledger.writeTo(out);
    parked.writeTo(out);
    sent.writeTo(out);
    turns.writeTo(out);
    slice.writeTo(out);
  }

  /** A new attempt at a worker: older ones are fenced, the answer says where to continue. */
  public List<Effect<T>> hello(HelloRequest request, T from) {
    effects.clear();
    if (isThere(request, from) && entered(request, from)) {
      long next = ledger.nextSequence(request.worker());
      effects.answer(from, new Response.Resume(slice.progress(), next));
    }
    return effects.list();
  }

  /**
   * A worker asks for weights: answered now, or parked.
   *
   * @param now nanoseconds on any monotonic clock
   */
  public List<Effect<T>> pull(PullRequest request, T from, long now) {
    effects.clear();
    if (isThere(request, from) && entered(request, from)) {
      if (request.selection().fits(slice.length())) {
        take(request, from, now);
        takeHeldPushes(now);
      } else {
        effects.invalid(from, Flaw.ofKeys(request.worker(), slice.length()));
      }
    }
    return effects.list();
  }

  /** A gradient comes in, with the next pull or without. */
  public List<Effect<T>> push(PushRequest request, T from, long now) {
    effects.clear();
    if (isThere(request, from)) {
      String flaw = Flaw.of(request, slice.length(), slice.version());
      if (flaw != null) {
        effects.invalid(from, flaw);
      } else if (!isHeldBack(request, from)) {
        admit(request, from, now);
        takeHeldPushes(now);
      }
    }
    return effects.list();
  }

  /**
   * A worker is dead: nobody waits for it any more, at the gate neither, and bsp averages those
   * that are there. What it had pushed stays. Its attempts so far are refused from now on; a newer
   * one is there again, with the clock of the slowest.
   */
  public List<Effect<T>> remove(int worker, long now) {
    effects.clear();
    if (worker < 0 || worker >= settings.numWorkers() || clocks.isRemoved(worker)) {
      return effects.list();
    }
    clocks.remove(worker);
    effects.fenceWaiting(worker, parked.remove(worker));
    effects.fenceWaiting(worker, turns.remove(worker));
    if (consistency.averagesClocks()) {
      int numApplied = slice.applyClockIfComplete(clocks.min(), now);
      effects.applied(slice.version(), numApplied);
    }
    openIfAllAreThere(now);
    releaseParked();
    return effects.list();
  }

  /** The run is over here: whoever still waits is told so. */
  public List<Effect<T>> close() {
    effects.clear();
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      effects.closed(parked.remove(worker));
      effects.closed(turns.remove(worker));
    }
    return effects.list();
  }

  /**
   * The run goes on to a larger budget. The gate closes: everybody waits again until all N workers
   * have asked, the dead ones too, and the training clock stands still meanwhile.
   *
   * @param newBudget in examples
   */
  public void extend(long newBudget) {
    slice.extend(newBudget);
    gate.shut();
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      restore(worker);
    }
    sent.forget(); // whoever comes reads anew
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
      return effects.list();
    }
    gate.release(now);
    if (gate.isShut()) {
      openIfAllAreThere(now);
    } else {
      releaseParked();
    }
    return effects.list();
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

  private void admit(PushRequest request, T from, long now) {
    int worker = request.worker();
    switch (ledger.admit(worker, request.attempt(), request.sequence())) {
      case FENCED -> {
        effects.fence(worker, from);
        return;
      }
      case GAP -> {
        effects.outOfOrder(
            from,
            "worker %d pushed %d, expected %d",
            worker,
            request.sequence(),
            ledger.nextSequence(worker));
        return;
      }
      case DUPLICATE -> {
        releaseOlder(request);
        counters.numDuplicates++;
      }
      case APPLY -> {
        releaseOlder(request);
        apply(request, now);
      }
    }
    PullRequest next = request.nextPull();
    if (next == null) {
      effects.answer(from, new Response.Accepted(slice.progress(), slice.version()));
    } else {
      take(next, from, now);
    }
  }

  private void apply(PushRequest push, long now) {
    clocks.advance(push.worker());
    counters.maxClockGap = Math.max(counters.maxClockGap, clocks.gap());
    turns.taken(push);
    int numApplied = slice.take(push, clocks.min(), now);
    effects.applied(slice.version(), numApplied);
    releaseParked();
  }

  /** Whether a replay keeps the push for later, or refuses it. */
  private boolean isHeldBack(PushRequest request, T from) {
    int worker = request.worker();
    if (!turns.isReplaying()
        || slice.hasDiverged()
        || request.sequence() != ledger.nextSequence(worker)
        || !ledger.enter(worker, request.attempt())) {
      return false;
    }
    releaseOlder(request);
    String flaw = turns.flawOf(request);
    if (flaw == null && turns.isTurnOf(worker, slice.version())) {
      return false;
    }
    if (flaw == null) {
      effects.supersede(worker, turns.hold(request, from));
    } else {
      effects.invalid(from, flaw);
    }
    return true;
  }

  private void takeHeldPushes(long now) {
    Turns.HeldPush<T> push = turns.next(slice.version());
    while (push != null) {
      admit(push.request(), push.from(), now);
      push = turns.next(slice.version());
    }
  }

  /** The pull logic, shared by pull and push. */
  private void take(PullRequest pull, T from, long now) {
    int worker = pull.worker();
    long clock = pull.clock();
    long next = ledger.nextSequence(worker);
    SentWeights before = turns.order() == null ? null : sent.same(pull);
    if (clock > next || clock < 0) {
      effects.outOfOrder(from, "worker %d asked for clock %d, expected %d", worker, clock, next);
    } else if (slice.hasDiverged()) {
      answerWeights(pull, from);
    } else if (before != null) {
      DoubleBuffer values = DoubleBuffer.wrap(before.values());
      effects.weights(Progress.RUNNING, before.version(), values, pull, from);
    } else if (clock < next) {
      answerAgain(pull, from);
    } else if (turns.isOver() && slice.isRunning()) {
      effects.invalid(
          from,
          "the recorded order ends after %d pushes, before the budget".formatted(turns.position()));
    } else if (!gate.isShut() && mayGo(pull)) {
      answerWeights(pull, from);
    } else {
      effects.supersede(worker, parked.put(pull, now, from));
      effects.parked(pull);
      openIfAllAreThere(now);
    }
  }

  /** By the clock table: the clock of a worker that was away runs ahead of its sequence. */
  private boolean mayGo(PullRequest pull) {
    int worker = pull.worker();
    return !slice.isRunning()
        || (consistency.mayStart(clocks.clock(worker), clocks.min())
            && turns.mayRead(worker, pull.clock(), slice.version()));
  }

  private void answerWeights(PullRequest pull, T from) {
    Progress progress = slice.progress();
    long version = slice.version();
    sent.version(pull.worker(), version);
    DoubleBuffer values =
        progress == Progress.DIVERGED ? NOTHING : pull.selection().view(slice.weights());
    boolean compensates = settings.delayRule().compensation() > 0 && progress != Progress.DIVERGED;
    if (turns.order() != null ? progress == Progress.RUNNING : compensates) {
      SentWeights copy = SentWeights.of(pull.clock(), version, pull.selection(), values);
      sent.add(pull.worker(), copy);
      // the same event may go on to another push, which changes the live slice
      values = DoubleBuffer.wrap(copy.values());
    }
    effects.weights(progress, version, values, pull, from);
  }

  /** This shard has the push of the pull's clock, another one lacks it. */
  private void answerAgain(PullRequest pull, T from) {
    int worker = pull.worker();
    PagedVector weights = slice.weights();
    PagedVector previous = slice.previousWeights();
    long version = slice.version();
    long tableClock = pull.clock() + clocks.clock(worker) - ledger.nextSequence(worker);
    if (previous != null && tableClock == version - 1) {
      weights = previous;
      version = tableClock;
    } else if (consistency.averagesClocks() && tableClock != version) {
      effects.outOfOrder(
          from, "worker %d asked for clock %d at version %d", worker, pull.clock(), version);
      return;
    }
    effects.weights(Progress.RUNNING, version, pull.selection().view(weights), pull, from);
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

  private void releaseParked() {
    if (gate.isShut() && !slice.hasDiverged()) {
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

  /** Whether the worker is one of the run's; a removed one is there again with a newer attempt. */
  private boolean isThere(WorkerRequest request, T from) {
    int worker = request.worker();
    if (worker < 0 || worker >= settings.numWorkers()) {
      effects.invalid(
          from, "worker %d, but there are %d workers".formatted(worker, settings.numWorkers()));
      return false;
    }
    if (!clocks.isRemoved(worker)) {
      return true;
    }
    if (!ledger.isNew(worker, request.attempt())) {
      effects.fenceDead(worker, from);
      return false;
    }
    restore(worker);
    return true;
  }

  private void restore(int worker) {
    clocks.restore(worker, consistency.averagesClocks() ? slice.version() : clocks.max());
  }

  private boolean entered(WorkerRequest request, T from) {
    if (!ledger.enter(request.worker(), request.attempt())) {
      effects.fence(request.worker(), from);
      return false;
    }
    releaseOlder(request);
    return true;
  }

  /** Whoever waits for an attempt that has just been replaced is refused. */
  private void releaseOlder(WorkerRequest request) {
    int worker = request.worker();
    effects.fenceWaiting(worker, parked.removeOlder(worker, request.attempt()));
    effects.fenceWaiting(worker, turns.removeOlder(worker, request.attempt()));
  }

  /** How far every worker is here, while the gate is held. */
  public ShardCut cut() {
    BitSet waiting = new BitSet();
    BitSet removed = new BitSet();
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      waiting.set(worker, isParked(worker));
      removed.set(worker, clocks.isRemoved(worker));
    }
    return new ShardCut(slice.progress(), nextSequences(), waiting, removed);
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

  private List<Integer> waitingFor() {
    if (!gate.isShut()) {
      List<Integer> awaited = turns.waitsFor(slice.version());
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
        slice.progress(),
        slice.version(),
        slice.divergedAtUpdate(),
        slice.numExamples(),
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
        sent.versions(),
        slice.staleness(),
        slice.workerStaleness());
  }

  /** The first snapshot kept so far of at least this version, or null; a copy. */
  public @Nullable SliceSnapshot snapshotFrom(long version) {
    return slice.snapshots().firstFrom(version);
  }

  /** Memory of weights, optimizer state and of the pages that only snapshots have, in bytes. */
  public long allocatedBytes() {
    return slice.allocatedBytes();
  }

  /**
   * Keeps the slice as it is now, unless it is kept already, beyond the schedule; a later thinning
   * may drop it again.
   */
  public void keepNow() {
    slice.snapshots().keepAnyway(slice.live());
  }

  /**
   * What is kept from a version on, ascending.
   *
   * @param numPenalised this many first positions count in the squared norms
   */
  public List<SnapshotSummary> summaries(long version, int numPenalised) {
    return slice.snapshots().summaries(version, numPenalised);
  }

  /** Weights of the kept snapshot of exactly this version, or null if there is none. */
  public @Nullable DoubleBuffer valuesAt(long version, IntBuffer positions) {
    return slice.snapshots().valuesAt(version, positions);
  }

  /** The slice as it is now; a copy. */
  public SliceSnapshot current() {
    return slice.live().slice();
  }

  /** The live weights, to be read between two events. */
  public VectorView weights() {
    return SliceTraining.view(slice.weights());
  }

  /** What the optimizer remembers, by name, to be read between two events. */
  public Map<String, VectorView> optimizerState() {
    return slice.optimizerState();
  }

  /** Updates applied so far. */
  public long version() {
    return slice.version();
  }

  /** Whether a gradient that was not finite has ended the run here. */
  public boolean hasDiverged() {
    return slice.hasDiverged();
  }

  /** Length of the slice. */
  public int length() {
    return slice.length();
  }
}
