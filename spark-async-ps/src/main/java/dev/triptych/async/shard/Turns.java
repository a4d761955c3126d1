package dev.triptych.async.shard;

import dev.triptych.async.ledger.PushLedger;
import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.store.Selection;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * In which order a shard takes pushes: as they arrive, which may be recorded, or as another run
 * recorded it; then pushes that come too early are kept here until their turn.
 *
 * @param <T> names the party that a reply goes to
 */
final class Turns<T> {
  private final PushLedger ledger;
  private final SentHistory sent;
  private final List<@Nullable HeldPush<T>> held;
  private @Nullable ArrivalOrder order;
  private boolean replaying;
  private int position;

  Turns(int numWorkers, PushLedger ledger, SentHistory sent) {
    this.ledger = ledger;
    this.sent = sent;
    held = new ArrayList<>(Collections.nCopies(numWorkers, null));
  }

  /** A push before its turn. */
  record HeldPush<T>(PushRequest request, T from) {}

  /** Pushes that are kept are answered to {@code nobody}. */
  static <T> Turns<T> read(
      StateReader in, ShardSettings settings, T nobody, PushLedger ledger, SentHistory sent)
      throws IOException {
    Turns<T> turns = new Turns<>(settings.numWorkers(), ledger, sent);
    int length = settings.length();
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      if (in.readBoolean()) {
        PushRequest push = ShardParts.readPush(in, worker, length);
        Selection next = in.readBoolean() ? ShardParts.readSelection(in, length) : null;
        turns.hold(push.asking(next), nobody);
      }
    }
    if (in.readBoolean()) {
      turns.order = ShardParts.readOrder(in, settings.numWorkers());
      turns.replaying = in.readBoolean();
      turns.position = in.readInt();
    }
    return turns;
  }

  void writeTo(StateWriter out) throws IOException {
    for (HeldPush<T> push : held) {
      out.putBoolean(push != null);
      if (push != null) {
        ShardParts.writePush(out, push.request());
        Selection next = push.request().next();
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

  void record() {
    if (order == null) {
      order = new ArrivalOrder(held.size());
    }
  }

  /**
   * @param needed whether the weights depend on the order at all
   */
  void replay(ArrivalOrder recorded, boolean needed) {
    if (order == null) {
      order = recorded;
      replaying = needed;
    }
  }

  /** Recorded so far or replayed; null if neither was asked for. */
  @Nullable ArrivalOrder order() {
    return order;
  }

  boolean isReplaying() {
    return replaying;
  }

  /** Pushes taken so far. */
  int position() {
    return position;
  }

  /** Whether a replay has no more pushes. */
  boolean isOver() {
    return replaying && order != null && position >= order.size();
  }

  void taken(PushRequest push) {
    position++;
    if (order != null && !replaying) {
      order.add(push.worker(), push.versionRead());
    }
  }

  /** Whether this version is what the worker may read now. */
  boolean mayRead(int worker, long clock, long version) {
    return !replaying || order == null || order.versionRead(worker, clock) == version;
  }

  /** Why a push is not one of the order that is replayed, or null. */
  @Nullable String flawOf(PushRequest push) {
    int worker = push.worker();
    long recorded = order == null ? push.versionRead() : order.versionRead(worker, push.sequence());
    if (recorded == push.versionRead()) {
      return null;
    }
    return recorded < 0
        ? "the recorded order has no push %d of worker %d".formatted(push.sequence(), worker)
        : "push %d of worker %d read version %d, recorded was %d: another run"
            .formatted(push.sequence(), worker, push.versionRead(), recorded);
  }

  /** Whether its push is the next of the order, and whoever read the present version has it. */
  boolean isTurnOf(int worker, long version) {
    return order != null
        && position < order.size()
        && order.worker(position) == worker
        && readersOf(version).isEmpty();
  }

  /** Keeps a push for later; who had sent one before for the same worker, or null. */
  @Nullable T hold(PushRequest push, T from) {
    HeldPush<T> older = held.set(push.worker(), new HeldPush<>(push, from));
    return older == null ? null : older.from();
  }

  /** A kept push whose turn it is now, or null; it is no longer kept. */
  @Nullable HeldPush<T> next(long version) {
    if (!replaying || order == null || position >= order.size()) {
      return null;
    }
    int worker = order.worker(position);
    return held.get(worker) != null && isTurnOf(worker, version) ? held.set(worker, null) : null;
  }

  /** Who had sent the worker's kept push, or null; it is no longer kept. */
  @Nullable T remove(int worker) {
    HeldPush<T> push = held.set(worker, null);
    return push == null ? null : push.from();
  }

  /** As {@link #remove}, if an older attempt had sent it. */
  @Nullable T removeOlder(int worker, long attempt) {
    HeldPush<T> push = held.get(worker);
    return push != null && push.request().attempt() < attempt ? remove(worker) : null;
  }

  /** No push is kept any more. */
  void clear() {
    Collections.fill(held, null);
  }

  /** Whom a replay waits for; empty without one. */
  List<Integer> waitsFor(long version) {
    if (!replaying || order == null || position >= order.size()) {
      return List.of();
    }
    List<Integer> readers = readersOf(version);
    return readers.isEmpty() ? List.of(order.worker(position)) : readers;
  }

  /** Workers whose next gradient was computed from this version and who have not read it. */
  private List<Integer> readersOf(long version) {
    List<Integer> missing = new ArrayList<>();
    for (int worker = 0; order != null && worker < held.size(); worker++) {
      long next = ledger.nextSequence(worker);
      SentWeights read = sent.last(worker);
      if (order.versionRead(worker, next) == version && (read == null || read.clock() != next)) {
        missing.add(worker);
      }
    }
    return missing;
  }
}
