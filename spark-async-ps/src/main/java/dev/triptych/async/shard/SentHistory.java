package dev.triptych.async.shard;

import dev.triptych.async.state.StateReader;
import dev.triptych.async.state.StateWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What each worker was sent for its last clock and for the one before. */
final class SentHistory {
  private final List<@Nullable SentWeights> last;
  private final List<@Nullable SentWeights> before;

  SentHistory(int numWorkers) {
    last = new ArrayList<>(Collections.nCopies(numWorkers, null));
    before = new ArrayList<>(Collections.nCopies(numWorkers, null));
  }

  void read(StateReader in, int worker, int length) throws IOException {
    last.set(worker, in.readBoolean() ? ShardParts.readSent(in, length) : null);
    before.set(worker, in.readBoolean() ? ShardParts.readSent(in, length) : null);
  }

  void writeTo(StateWriter out, int worker) throws IOException {
    ShardParts.writeSent(out, last.get(worker));
    ShardParts.writeSent(out, before.get(worker));
  }

  void add(int worker, SentWeights sent) {
    before.set(worker, last.get(worker));
    last.set(worker, sent);
  }

  @Nullable SentWeights last(int worker) {
    return last.get(worker);
  }

  /** What the worker was sent when it asked for the same, or null. */
  @Nullable SentWeights same(PullRequest request) {
    SentWeights newest = last.get(request.worker());
    SentWeights same =
        newest != null && newest.clock() == request.clock() ? newest : before.get(request.worker());
    return same != null
            && same.clock() == request.clock()
            && same.selection().equals(request.selection())
        ? same
        : null;
  }

  void forget() {
    Collections.fill(last, null);
    Collections.fill(before, null);
  }
}
