package dev.triptych.async.shard;

import dev.triptych.async.state.StateReader;
import dev.triptych.async.state.StateWriter;
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

  /** The worker's pull and who asked, if there is one. */
  void read(StateReader in, int worker, int length, T nobody) throws IOException {
    if (in.readBoolean()) {
      long attempt = in.readLong();
      long clock = in.readLong();
      long since = in.readLong();
      PullRequest request =
          new PullRequest(worker, attempt, clock, ShardParts.readSelection(in, length));
      put(request, since, nobody);
    }
  }

  void writeTo(StateWriter out, int worker) throws IOException {
    ParkedPull<T> pull = pulls.get(worker);
    out.putBoolean(pull != null);
    if (pull != null) {
      PullRequest request = pull.request();
      out.putLong(request.attempt()).putLong(request.clock()).putLong(pull.since());
      ShardParts.writeSelection(out, request.selection());
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
