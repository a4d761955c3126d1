package dev.triptych.async.ledger;

import dev.triptych.core.state.DamagedStateException;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;
import java.util.Arrays;

/**
 * Applies every push exactly once: remembers per worker the next expected sequence number and the
 * newest attempt seen. Workers send sequences 0, 1, 2, … one at a time; a repeated one is a
 * duplicate, and an attempt older than the newest one (a zombie) is fenced. O(workers) memory. Not
 * thread-safe.
 */
public final class PushLedger {
  private final long[] nextSequences;
  private final long[] newestAttempts;

  /** Nobody has pushed; every worker's next sequence is 0. */
  public PushLedger(int numWorkers) {
    nextSequences = new long[numWorkers];
    newestAttempts = new long[numWorkers];
    Arrays.fill(newestAttempts, Long.MIN_VALUE);
  }

  private PushLedger(long[] nextSequences, long[] newestAttempts) {
    this.nextSequences = nextSequences;
    this.newestAttempts = newestAttempts;
  }

  /** The counterpart of {@link #writeTo}. */
  public static PushLedger read(StateReader in, int numWorkers) throws IOException {
    long[] nextSequences = in.readLongs(numWorkers);
    long[] newestAttempts = in.readLongs(numWorkers);
    if (nextSequences.length != numWorkers || newestAttempts.length != numWorkers) {
      throw new DamagedStateException("a ledger of another number of workers");
    }
    return new PushLedger(nextSequences, newestAttempts);
  }

  /** All of it. */
  public void writeTo(StateWriter out) throws IOException {
    out.putLongs(nextSequences).putLongs(newestAttempts);
  }

  /** Attempts count from the beginning again, as in a new Spark application. */
  public void forgetAttempts() {
    Arrays.fill(newestAttempts, Long.MIN_VALUE);
  }

  /**
   * A message of this attempt came in.
   *
   * @return false if a newer attempt has been seen: the sender must stop
   */
  public boolean enter(int worker, long attempt) {
    if (attempt < newestAttempts[worker]) {
      return false;
    }
    newestAttempts[worker] = attempt;
    return true;
  }

  /** Whether this attempt is newer than all that have been seen of the worker. */
  public boolean isNew(int worker, long attempt) {
    return attempt > newestAttempts[worker];
  }

  /**
   * What to do with a push. With {@link Verdict#APPLY} the push counts as applied from now on.
   *
   * @param sequence of this worker's pushes, from 0
   */
  public Verdict admit(int worker, long attempt, long sequence) {
    if (!enter(worker, attempt)) {
      return Verdict.FENCED;
    }
    if (sequence < nextSequences[worker]) {
      return Verdict.DUPLICATE;
    }
    if (sequence > nextSequences[worker]) {
      return Verdict.GAP;
    }
    nextSequences[worker]++;
    return Verdict.APPLY;
  }

  /** Where a resumed worker continues: one more than its last applied sequence. */
  public long nextSequence(int worker) {
    return nextSequences[worker];
  }

  /** What to do with a push. */
  public enum Verdict {
    /** The expected one: apply it. */
    APPLY,
    /** Applied before: acknowledge, do not apply. */
    DUPLICATE,
    /** From an attempt that has been replaced: refuse. */
    FENCED,
    /** An earlier push is missing: refuse. */
    GAP
  }
}
