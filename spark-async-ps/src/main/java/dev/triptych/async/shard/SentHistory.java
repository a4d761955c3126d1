package dev.triptych.async.shard;

import dev.triptych.core.state.DamagedStateException;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each worker was sent: the version always, the weights of its last clock and of the one
 * before if they will be needed.
 */
final class SentHistory {
  private final long[] versions;
  private final List<@Nullable SentWeights> last;
  private final List<@Nullable SentWeights> before;

  SentHistory(int numWorkers) {
    this(new long[numWorkers]);
  }

  private SentHistory(long[] versions) {
    this.versions = versions;
    int numWorkers = versions.length;
    last = new ArrayList<>(Collections.nCopies(numWorkers, null));
    before = new ArrayList<>(Collections.nCopies(numWorkers, null));
  }

  static SentHistory read(StateReader in, ShardSettings settings) throws IOException {
    SentHistory sent = new SentHistory(in.readLongs(settings.numWorkers()));
    if (sent.versions.length != settings.numWorkers()) {
      throw new DamagedStateException("weights sent to another number of workers");
    }
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      sent.last.set(worker, ShardParts.readSent(in, settings.length()));
      sent.before.set(worker, ShardParts.readSent(in, settings.length()));
    }
    return sent;
  }

  void writeTo(StateWriter out) throws IOException {
    out.putLongs(versions);
    for (int worker = 0; worker < versions.length; worker++) {
      ShardParts.writeSent(out, last.get(worker));
      ShardParts.writeSent(out, before.get(worker));
    }
  }

  /** The worker is sent this version. */
  void version(int worker, long version) {
    versions[worker] = version;
  }

  /** The last version sent to each worker; a copy. */
  long[] versions() {
    return versions.clone();
  }

  /** The worker is sent these weights. */
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

  /** Weights are sent anew from here on. */
  void forget() {
    Collections.fill(last, null);
    Collections.fill(before, null);
  }
}
