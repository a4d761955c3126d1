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
import dev.triptych.async.store.Selection;
import dev.triptych.async.store.Shard;
import dev.triptych.core.training.SnapshotSchedule;
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
  private final ClockTable clocks;
  private final PushLedger ledger;
  private final StalenessHistogram staleness;
  private final SnapshotSchedule<KeptSnapshot> snapshots;
  private final List<@Nullable ParkedPull<T>> parked = new ArrayList<>();
  private final List<Effect<T>> effects = new ArrayList<>();
  // bsp only: the gradients of the current clock by worker, and the weights one update ago
  private final List<@Nullable PushRequest> pending = new ArrayList<>();
  private @Nullable PagedVector previousWeights;
  private final long[] lastReads;
  private final BitSet toldWaits = new BitSet();
  // by worker; only with a rule that compensates or an order
  private final List<@Nullable SentWeights> sent = new ArrayList<>();
  private final List<@Nullable SentWeights> sentBefore = new ArrayList<>();
  // by worker; only when replaying
  private final List<@Nullable HeldPush<T>> heldPushes = new ArrayList<>();
  private @Nullable ArrivalOrder order;
  private boolean replaying;
  private int position;

  // all pages of the snapshots; those that nobody else has; and what had been copied at that time
  private long snapshotBytes;
  private long snapshotBytesApart;
  private long copiedBytesThen;
  private long budget;
  private boolean gateOpen;
  private boolean held;
  private int numParked;
  private long openedAt;
  private long nanosBefore;
  private long nanos;
  private long numExamples;
  private long divergedAtUpdate;
  private long bytesReceived;
  private long bytesSent;
  private long bytesPlain;
  private long maxClockGap;
  private long numDuplicates;
  private long numFenced;
  private long numDiscarded;

  /** All weights zero, nobody there yet. */
  public ShardMachine(ShardSettings settings) {
    this.settings = settings;
    consistency = settings.consistency();
    shard = new Shard(settings.length(), settings.optimizer());
    clocks = new ClockTable(settings.numWorkers());
    ledger = new PushLedger(settings.numWorkers());
    staleness = new StalenessHistogram();
    snapshots = new SnapshotSchedule<>(settings.snapshotInterval(), settings.snapshotLimit());
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      parked.add(null);
      pending.add(null);
      sent.add(null);
      sentBefore.add(null);
      heldPushes.add(null);
    }
    lastReads = new long[settings.numWorkers()];
    budget = settings.budget();
    keepSnapshotIfDue();
  }

  private ShardMachine(ShardSettings settings, T nobody, StateReader in) throws IOException {
    this.settings = settings;
    consistency = settings.consistency();
    budget = in.readLong();
    gateOpen = in.readBoolean();
    held = in.readBoolean();
    openedAt = in.readLong();
    nanosBefore = in.readLong();
    nanos = in.readLong();
    numExamples = in.readLong();
    divergedAtUpdate = in.readLong();
    bytesReceived = in.readLong();
    bytesSent = in.readLong();
    bytesPlain = in.readLong();
    maxClockGap = in.readLong();
    numDuplicates = in.readLong();
    numFenced = in.readLong();
    numDiscarded = in.readLong();
    int numWorkers = settings.numWorkers();
    shard = Shard.read(in, settings.length(), settings.optimizer());
    clocks = ClockTable.read(in, numWorkers);
    ledger = PushLedger.read(in, numWorkers);
    staleness =
        StalenessHistogram.of(
            in.readLongs(StalenessHistogram.MAX_BIN + 1), in.readLong(), in.readLong());
    lastReads = in.readLongs(numWorkers);
    snapshots = ShardParts.readSnapshots(in, settings);
    measureSnapshots();
    previousWeights = in.readBoolean() ? PagedVector.read(in, settings.length()) : null;
    for (int worker = 0; worker < numWorkers; worker++) {
      pending.add(in.readBoolean() ? ShardParts.readPush(in, worker, settings.length()) : null);
      ParkedPull<T> pull = null;
      if (in.readBoolean()) {
        pull =
            new ParkedPull<>(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                ShardParts.readSelection(in, settings.length()),
                nobody);
        numParked++;
      }
      parked.add(pull);
      sent.add(in.readBoolean() ? ShardParts.readSent(in, settings.length()) : null);
      sentBefore.add(in.readBoolean() ? ShardParts.readSent(in, settings.length()) : null);
      HeldPush<T> push = null;
      if (in.readBoolean()) {
        PushRequest read = ShardParts.readPush(in, worker, settings.length());
        Selection next = in.readBoolean() ? ShardParts.readSelection(in, settings.length()) : null;
        push = new HeldPush<>(read.asking(next), nobody);
      }
      heldPushes.add(push);
    }
    if (in.readBoolean()) {
      order = ShardParts.readOrder(in, numWorkers);
      replaying = in.readBoolean();
      position = in.readInt();
    }
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
    out.putLong(budget)
        .putBoolean(gateOpen)
        .putBoolean(held)
        .putLong(openedAt)
        .putLong(nanosBefore)
        .putLong(nanos)
        .putLong(numExamples)
        .putLong(divergedAtUpdate)
        .putLong(bytesReceived)
        .putLong(bytesSent)
        .putLong(bytesPlain)
        .putLong(maxClockGap)
        .putLong(numDuplicates)
        .putLong(numFenced)
        .putLong(numDiscarded);
    shard.writeTo(out);
    clocks.writeTo(out);
    ledger.writeTo(out);
    out.putLongs(staleness.counts()).putLong(staleness.sum()).putLong(staleness.max());
    out.putLongs(lastReads);
    ShardParts.writeSnapshots(out, snapshots);
    PagedVector previous = previousWeights;
    out.putBoolean(previous != null);
    if (previous != null) {
      previous.writeTo(out);
    }
    for (int worker = 0; worker < parked.size(); worker++) {
      PushRequest push = pending.get(worker);
      out.putBoolean(push != null);
      if (push != null) {
        ShardParts.writePush(out, push);
      }
      ParkedPull<T> pull = parked.get(worker);
      out.putBoolean(pull != null);
      if (pull != null) {
        out.putLong(pull.attempt()).putLong(pull.clock()).putLong(pull.since());
        ShardParts.writeSelection(out, pull.selection());
      }
      ShardParts.writeSent(out, sent.get(worker));
      ShardParts.writeSent(out, sentBefore.get(worker));
      HeldPush<T> later = heldPushes.get(worker);
      out.putBoolean(later != null);
      if (later != null) {
        ShardParts.writePush(out, later.request());
        Selection next = later.request().next();
        out.putBoolean(next != null);
        if (next != null) {
          ShardParts.writeSelection(out, next);
        }
      }
    }
    out.putBoolean(order != null);
    if (order != null) {
      out.putLongs(order.toLongs()).putBoolean(replaying).putInt(position);
    }
  }

  /**
   * For a run that was saved and is taken up by a new application: its attempts count from the
   * beginning, nobody is there yet, the gate is closed.
   *
   * @param newBudget in examples
   */
  public void resume(long newBudget) {
    ledger.forgetAttempts();
    Collections.fill(parked, null);
    Collections.fill(heldPushes, null);
    numParked = 0;
    held = false;
    extend(newBudget);
  }

  /**
   * Closes the gate until {@link #release}, for a cut through all shards: every worker comes to
   * wait with its next pull, at this shard or at another one. The training clock stands still.
   */
  public void hold() {
    held = true;
    nanosBefore = nanos;
  }

  /** Ends {@link #hold}: whoever may go goes. */
  public List<Effect<T>> release(long now) {
    effects.clear();
    if (!held) {
      return effects;
    }
    held = false;
    if (gateOpen) {
      openedAt = now;
      releaseParked();
    } else {
      openIfAllAreThere(now);
    }
    return effects;
  }

  /** How far every worker is here, while the gate is held. */
  public ShardCut cut() {
    BitSet waiting = new BitSet();
    BitSet removed = new BitSet();
    for (int worker = 0; worker < parked.size(); worker++) {
      waiting.set(worker, isParked(worker));
      removed.set(worker, clocks.isRemoved(worker));
    }
    return new ShardCut(progress(), nextSequences(), waiting, removed);
  }

  /** The next sequence of each worker. */
  public long[] nextSequences() {
    long[] sequences = new long[parked.size()];
    for (int worker = 0; worker < sequences.length; worker++) {
      sequences[worker] = ledger.nextSequence(worker);
    }
    return sequences;
  }

  /** Whether a worker waits here with the pull of its next step. */
  public boolean isParked(int worker) {
    ParkedPull<T> pull = parked.get(worker);
    return pull != null && pull.clock() == ledger.nextSequence(worker);
  }

  /** Keeps the order of pushes from here on; before the first one. Repeating it changes nothing. */
  public void recordOrder() {
    if (order == null) {
      order = new ArrivalOrder(settings.numWorkers());
    }
  }

  /**
   * Takes the pushes in this order, and lets workers read the versions that they read then; before
   * the first event. Repeating it changes nothing. With bsp and ssp(0), which need no order, any is
   * taken.
   */
  public void replay(ArrivalOrder recorded) {
    if (order == null) {
      order = recorded;
      replaying = !consistency.averagesClocks();
    }
  }

  /** The order so far, or the one that is replayed; null if neither was asked for. */
  public @Nullable ArrivalOrder order() {
    return order;
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
      return reject(
          from,
          Reason.INVALID,
          "the keys that worker %d asks for must ascend below %d"
              .formatted(worker, shard.length()));
    }
    take(worker, request.attempt(), request.clock(), request.selection(), from, now);
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
    String flaw = flawOf(request);
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
        numDuplicates++;
      }
      case APPLY -> {
        releaseOlder(worker, request.attempt());
        accept(request, now);
      }
    }
    Selection next = request.next();
    if (next == null) {
      answer(from, new Response.Accepted(progress(), shard.version()));
    } else {
      take(worker, request.attempt(), request.sequence() + 1, next, from, now);
    }
  }

  /** Whether a replay keeps the push for later, or refuses it. */
  private boolean isHeldBack(PushRequest request, T from) {
    int worker = request.worker();
    if (!replaying
        || order == null
        || divergedAtUpdate > 0
        || request.sequence() != ledger.nextSequence(worker)
        || !ledger.enter(worker, request.attempt())) {
      return false;
    }
    releaseOlder(worker, request.attempt());
    long recorded = order.versionRead(worker, request.sequence());
    if (recorded != request.versionRead()) {
      reject(
          from,
          Reason.INVALID,
          recorded < 0
              ? "the recorded order has no push %d of worker %d"
                  .formatted(request.sequence(), worker)
              : "push %d of worker %d read version %d, recorded was %d: another run"
                  .formatted(request.sequence(), worker, request.versionRead(), recorded));
      return true;
    }
    if (isTurnOf(worker)) {
      return false;
    }
    HeldPush<T> older = heldPushes.set(worker, new HeldPush<>(request, from));
    if (older != null) {
      reject(older.from(), Reason.SUPERSEDED, "worker " + worker + " asked again");
    }
    return true;
  }

  /** Its push is the next of the order, and whoever read the present version has it. */
  private boolean isTurnOf(int worker) {
    return order != null
        && position < order.size()
        && order.worker(position) == worker
        && readersOfThisVersion().isEmpty();
  }

  /** Workers whose next gradient was computed from the present version and who have not read it. */
  private List<Integer> readersOfThisVersion() {
    List<Integer> missing = new ArrayList<>();
    for (int worker = 0; order != null && worker < parked.size(); worker++) {
      long next = ledger.nextSequence(worker);
      SentWeights read = sent.get(worker);
      if (order.versionRead(worker, next) == shard.version()
          && (read == null || read.clock() != next)) {
        missing.add(worker);
      }
    }
    return missing;
  }

  private void takeHeldPushes(long now) {
    while (replaying && order != null && position < order.size()) {
      int worker = order.worker(position);
      HeldPush<T> push = heldPushes.get(worker);
      if (push == null || !isTurnOf(worker)) {
        return;
      }
      heldPushes.set(worker, null);
      admit(push.request(), push.from(), now);
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
    gateOpen = false;
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      restore(worker);
    }
    nanosBefore = nanos;
    // whoever comes reads anew
    Collections.fill(sent, null);
    Collections.fill(sentBefore, null);
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
    ParkedPull<T> pull = parked.set(worker, null);
    if (pull != null) {
      numParked--;
      fence(worker, pull.from());
    }
    HeldPush<T> push = heldPushes.set(worker, null);
    if (push != null) {
      fence(worker, push.from());
    }
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
    for (int worker = 0; worker < parked.size(); worker++) {
      ParkedPull<T> pull = parked.get(worker);
      if (pull != null && now - pull.since() > boundNanos && !toldWaits.get(worker)) {
        toldWaits.set(worker);
        return "worker %d has waited %d s for clock %d; waiting for workers %s"
            .formatted(worker, (now - pull.since()) / 1_000_000_000, pull.clock(), waitingFor());
      }
    }
    return null;
  }

  /** The run is over here: whoever still waits is told so. */
  public List<Effect<T>> close() {
    effects.clear();
    for (int worker = 0; worker < parked.size(); worker++) {
      ParkedPull<T> pull = parked.set(worker, null);
      if (pull != null) {
        reject(pull.from(), Reason.UNKNOWN_RUN, "the run was closed");
      }
      HeldPush<T> push = heldPushes.set(worker, null);
      if (push != null) {
        reject(push.from(), Reason.UNKNOWN_RUN, "the run was closed");
      }
    }
    numParked = 0;
    return effects;
  }

  /** Adds to the counters of payload bytes. */
  public void countBytes(long received, long sent) {
    bytesReceived += received;
    bytesSent += sent;
  }

  /** Counts what a message would have taken with plain keys and doubles, nothing kept back. */
  public void countPlainBytes(long bytes) {
    bytesPlain += bytes;
  }

  /** How it stands; copies everything. */
  public ShardStatus status() {
    return new ShardStatus(
        progress(),
        shard.version(),
        divergedAtUpdate,
        numExamples,
        nanos,
        bytesReceived,
        bytesSent,
        bytesPlain,
        maxClockGap,
        numDuplicates,
        numFenced,
        numDiscarded,
        numParked,
        waitingFor(),
        nextSequences(),
        Arrays.copyOf(lastReads, lastReads.length),
        StalenessHistogram.of(staleness.counts(), staleness.sum(), staleness.max()));
  }

  /** The first snapshot kept so far of at least this version, or null; a copy. */
  public @Nullable SliceSnapshot snapshotFrom(long version) {
    for (KeptSnapshot snapshot : snapshots.kept()) {
      if (snapshot.version() >= version) {
        return snapshot.slice();
      }
    }
    return null;
  }

  /** Memory of weights, optimizer state and of the pages that only snapshots have, in bytes. */
  public long allocatedBytes() {
    PagedVector previous = previousWeights;
    long apart = snapshotBytesApart + shard.weights().copiedBytes() - copiedBytesThen;
    return shard.allocatedBytes()
        + Math.min(snapshotBytes, apart)
        + (previous == null ? 0 : previous.allocatedBytes());
  }

  /**
   * Keeps the slice as it is now, unless it is kept already, beyond the schedule; a later thinning
   * may drop it again.
   */
  public void keepNow() {
    List<KeptSnapshot> kept = snapshots.kept();
    if (kept.isEmpty() || kept.get(kept.size() - 1).version() < shard.version()) {
      snapshots.keep(shard.version(), kept(shard.weights().snapshot()));
      measureSnapshots();
    }
  }

  /**
   * What is kept from a version on, ascending.
   *
   * @param numPenalised this many first positions count in the squared norms
   */
  public List<SnapshotSummary> summaries(long version, int numPenalised) {
    List<SnapshotSummary> summaries = new ArrayList<>();
    for (KeptSnapshot snapshot : snapshots.kept()) {
      if (snapshot.version() >= version) {
        summaries.add(snapshot.summary(numPenalised));
      }
    }
    return summaries;
  }

  /** Weights of the kept snapshot of exactly this version, or null if there is none. */
  public @Nullable DoubleBuffer valuesAt(long version, IntBuffer positions) {
    for (KeptSnapshot snapshot : snapshots.kept()) {
      if (snapshot.version() == version) {
        return snapshot.select(positions);
      }
    }
    return null;
  }

  /** The slice as it is now; a copy. */
  public SliceSnapshot current() {
    return kept(shard.weights()).slice();
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

  private @Nullable String flawOf(PushRequest request) {
    if (!request.gradient().fits(shard.length())) {
      return Flaw.ofShape(request, shard.length());
    }
    if (request.next() != null && !request.next().fits(shard.length())) {
      return "the keys that worker %d asks for must ascend below %d"
          .formatted(request.worker(), shard.length());
    }
    if (request.sequence() < 0
        || request.versionRead() < 0
        || request.versionRead() > shard.version()) {
      return "worker %d pushes sequence %d computed from version %d at version %d"
          .formatted(request.worker(), request.sequence(), request.versionRead(), shard.version());
    }
    return request.numExamples() < 1
        ? "worker %d pushes a mini-batch of %d examples"
            .formatted(request.worker(), request.numExamples())
        : null;
  }

  private void accept(PushRequest request, long now) {
    int worker = request.worker();
    clocks.advance(worker);
    maxClockGap = Math.max(maxClockGap, clocks.gap());
    position++;
    if (order != null && !replaying) {
      order.add(worker, request.versionRead());
    }
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
      numDiscarded++;
      count(request.numExamples(), now);
      return;
    }
    staleness.add(delay);
    Gradient gradient = request.gradient();
    SentWeights read = sent.get(request.worker());
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
    nanos = nanosBefore + Math.max(0, now - openedAt);
  }

  private void apply(
      Gradient gradient, double stepSize, long examples, int numGradients, long now) {
    shard.apply(gradient, stepSize);
    count(examples, now);
    effects.add(new Effect.Applied<>(shard.version(), numGradients));
    keepSnapshotIfDue();
  }

  /** Snapshots get sparser where all of them, shared pages counted twice, would take too much. */
  private void keepSnapshotIfDue() {
    if (!snapshots.isDue(shard.version())) {
      return;
    }
    long bytes = shard.weights().tableBytes() + shard.weights().allocatedBytes();
    while (snapshotBytes + bytes > ShardSettings.MAX_SNAPSHOT_BYTES && snapshots.size() > 1) {
      snapshots.thin();
      measureSnapshots();
    }
    if (snapshotBytes + bytes <= ShardSettings.MAX_SNAPSHOT_BYTES
        && snapshots.isDue(shard.version())) {
      snapshots.keep(shard.version(), kept(shard.weights().snapshot()));
      measureSnapshots();
    }
  }

  private void measureSnapshots() {
    snapshotBytes = 0;
    snapshotBytesApart = 0;
    copiedBytesThen = shard.weights().copiedBytes();
    PagedVector newer = shard.weights();
    List<KeptSnapshot> kept = snapshots.kept();
    for (int k = kept.size() - 1; k >= 0; k--) {
      PagedVector weights = kept.get(k).weights();
      snapshotBytes += weights.tableBytes() + weights.allocatedBytes();
      snapshotBytesApart += weights.tableBytes() + weights.bytesApartFrom(newer);
      newer = weights;
    }
  }

  private KeptSnapshot kept(PagedVector weights) {
    return new KeptSnapshot(
        shard.version(), nanos, numExamples, bytesReceived + bytesSent, staleness.max(), weights);
  }

  /** The pull logic, shared by pull and push. */
  private void take(int worker, long attempt, long clock, Selection selection, T from, long now) {
    long next = ledger.nextSequence(worker);
    if (clock > next || clock < 0) {
      reject(
          from,
          Reason.OUT_OF_ORDER,
          "worker %d asked for clock %d, expected %d".formatted(worker, clock, next));
    } else if (divergedAtUpdate > 0) {
      answerWeights(worker, clock, selection, from);
    } else if (order != null && answeredAsBefore(worker, clock, selection, from)) {
      return;
    } else if (clock < next) {
      answerAgain(worker, clock, selection, from);
    } else if (replaying && order != null && position >= order.size() && isRunning()) {
      reject(
          from,
          Reason.INVALID,
          "the recorded order ends after %d pushes, before the budget".formatted(position));
    } else if (!gateOpen || held) {
      park(worker, attempt, clock, selection, from, now);
      openIfAllAreThere(now);
    } else if (mayGo(worker, clock)) {
      answerWeights(worker, clock, selection, from);
    } else {
      park(worker, attempt, clock, selection, from, now);
    }
  }

  private void openIfAllAreThere(long now) {
    if (!gateOpen && !held && numParked > 0 && numParked == clocks.numPresent()) {
      gateOpen = true;
      openedAt = now;
      releaseParked();
    }
  }

  private boolean isRunning() {
    return progress() == Progress.RUNNING;
  }

  /** By the clock table: the clock of a worker that was away runs ahead of its sequence. */
  private boolean mayGo(int worker, long clock) {
    return !isRunning()
        || (consistency.mayStart(clocks.clock(worker), clocks.min())
            && (!replaying
                || order == null
                || order.versionRead(worker, clock) == shard.version()));
  }

  /** The same weights as the last time, if they were sent for this clock. */
  private boolean answeredAsBefore(int worker, long clock, Selection selection, T from) {
    SentWeights last = sent.get(worker);
    SentWeights same = last != null && last.clock() == clock ? last : sentBefore.get(worker);
    if (same == null || same.clock() != clock || !same.selection().equals(selection)) {
      return false;
    }
    answer(
        from,
        new Response.Weights(
            Progress.RUNNING,
            same.version(),
            DoubleBuffer.wrap(same.values()),
            selection.format()));
    return true;
  }

  private void answerWeights(int worker, long clock, Selection selection, T from) {
    lastReads[worker] = shard.version();
    DoubleBuffer values =
        progress() == Progress.DIVERGED ? NOTHING : selection.view(shard.weights());
    boolean compensated = settings.delayRule().compensation() > 0 && divergedAtUpdate == 0;
    if (order != null ? isRunning() : compensated) {
      SentWeights copy = SentWeights.of(clock, shard.version(), selection, values);
      sentBefore.set(worker, sent.get(worker));
      sent.set(worker, copy);
      // the same event may go on to another push, which changes the live slice
      values = DoubleBuffer.wrap(copy.values());
    }
    answer(from, new Response.Weights(progress(), shard.version(), values, selection.format()));
  }

  /** This shard has the push of {@code clock}, another one lacks it. */
  private void answerAgain(int worker, long clock, Selection selection, T from) {
    PagedVector weights = shard.weights();
    PagedVector previous = previousWeights;
    long version = shard.version();
    long tableClock = clock + clocks.clock(worker) - ledger.nextSequence(worker);
    if (previous != null && tableClock == version - 1) {
      weights = previous;
      version = tableClock;
    } else if (consistency.averagesClocks() && tableClock != version) {
      reject(
          from,
          Reason.OUT_OF_ORDER,
          "worker %d asked for clock %d at version %d".formatted(worker, clock, version));
      return;
    }
    answer(
        from,
        new Response.Weights(
            Progress.RUNNING, version, selection.view(weights), selection.format()));
  }

  private void park(int worker, long attempt, long clock, Selection selection, T from, long now) {
    ParkedPull<T> older =
        parked.set(worker, new ParkedPull<>(attempt, clock, now, selection, from));
    toldWaits.clear(worker);
    if (older == null) {
      numParked++;
    } else {
      reject(older.from(), Reason.SUPERSEDED, "worker " + worker + " asked again");
    }
    effects.add(new Effect.Parked<>(worker, clock));
  }

  private void releaseParked() {
    if ((!gateOpen || held) && divergedAtUpdate == 0) {
      return;
    }
    for (int worker = 0; numParked > 0 && worker < parked.size(); worker++) {
      ParkedPull<T> pull = parked.get(worker);
      if (pull != null && mayGo(worker, pull.clock())) {
        parked.set(worker, null);
        numParked--;
        answerWeights(worker, pull.clock(), pull.selection(), pull.from());
      }
    }
  }

  private List<Integer> waitingFor() {
    if (gateOpen && !held && replaying && order != null && position < order.size()) {
      List<Integer> readers = readersOfThisVersion();
      return readers.isEmpty() ? List.of(order.worker(position)) : readers;
    }
    if (gateOpen && !held) {
      return clocks.slowest();
    }
    List<Integer> missing = new ArrayList<>();
    for (int worker = 0; worker < parked.size(); worker++) {
      if (!clocks.isRemoved(worker) && parked.get(worker) == null) {
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
      numFenced++;
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

  /** A parked pull of an attempt that has just been replaced is refused. */
  private void releaseOlder(int worker, long attempt) {
    ParkedPull<T> pull = parked.get(worker);
    if (pull != null && pull.attempt() < attempt) {
      parked.set(worker, null);
      numParked--;
      fence(worker, pull.from());
    }
    HeldPush<T> push = heldPushes.get(worker);
    if (push != null && push.request().attempt() < attempt) {
      heldPushes.set(worker, null);
      fence(worker, push.from());
    }
  }

  private List<Effect<T>> fence(int worker, T from) {
    numFenced++;
    return reject(from, Reason.FENCED, "a newer attempt runs worker " + worker);
  }

  private List<Effect<T>> reject(T from, Reason reason, String message) {
    return answer(from, new Response.Rejected(reason, message));
  }

  private List<Effect<T>> answer(T from, Response reply) {
    effects.add(new Effect.Answer<>(from, reply));
    return effects;
  }

  private record HeldPush<T>(PushRequest request, T from) {}

  private record ParkedPull<T>(long attempt, long clock, long since, Selection selection, T from) {}
}
