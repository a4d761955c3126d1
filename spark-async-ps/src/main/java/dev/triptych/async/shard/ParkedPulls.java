package dev.triptych.async.shard;

import dev.triptych.async.store.Selection;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pulls that wait at a shard, at most one of each worker.
 *
 * @param <T> names the party that a reply goes to
 */
final class ParkedPulls<T> {
  private final List<@Nullable ParkedPull<T>> pulls;
  private final BitSet told = new BitSet();
  private int size;

  ParkedPulls(int numWorkers) {
    pulls = new ArrayList<>(Collections.nCopies(numWorkers, null));
  }

  /**
   * @param since nanoseconds
   */
  record ParkedPull<T>(PullRequest request, long since, T from) {}

  /** All of them are answered to {@code nobody}. */
  static <T> ParkedPulls<T> read(StateReader in, ShardSettings settings, T nobody)
      throws IOException {
    ParkedPulls<T> parked = new ParkedPulls<>(settings.numWorkers());
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      if (in.readBoolean()) {
        long attempt = in.readLong();
        long clock = in.readLong();
        long since = in.readLong();
        Selection selection = ShardParts.readSelection(in, settings.length());
        parked.put(new PullRequest(worker, attempt, clock, selection), since, nobody);
      }
    }
    return parked;
  }

  void writeTo(StateWriter out) throws IOException {
    for (ParkedPull<T> pull : pulls) {
      out.putBoolean(pull != null);
      if (pull != null) {
        PullRequest request = pull.request();
        out.putLong(request.attempt()).putLong(request.clock()).putLong(pull.since());
        ShardParts.writeSelection(out, request.selection());
      }
    }
  }

  int size() {
    return size;
  }

  @Nullable PullRequest request(int worker) {
    ParkedPull<T> pull = pulls.get(worker);
    return pull == null ? null : pull.request();
  }

  /** Parks a pull; who had asked before for the same worker, or null. */
  @Nullable T put(PullRequest request, long since, T from) {
    T older = remove(request.worker());
    pulls.set(request.worker(), new ParkedPull<>(request, since, from));
    told.clear(request.worker());
    size++;
    return older;
  }

  /** Who had asked for the worker, or null. */
  @Nullable T remove(int worker) {
    ParkedPull<T> pull = pulls.set(worker, null);
    if (pull == null) {
      return null;
    }
    size--;
    return pull.from();
  }

  /** As {@link #remove}, if an older attempt had asked. */
  @Nullable T removeOlder(int worker, long attempt) {
    ParkedPull<T> pull = pulls.get(worker);
    return pull != null && pull.request().attempt() < attempt ? remove(worker) : null;
  }

  void clear() {
    Collections.fill(pulls, null);
    size = 0;
  }

  /** One that has waited longer than a bound, each once; or null. */
  @Nullable ParkedPull<T> tellLong(long now, long boundNanos) {
    for (int worker = 0; worker < pulls.size(); worker++) {
      ParkedPull<T> pull = pulls.get(worker);
      if (pull != null && now - pull.since() > boundNanos && !told.get(worker)) {
        told.set(worker);
        return pull;
      }
    }
    return null;
  }
}
