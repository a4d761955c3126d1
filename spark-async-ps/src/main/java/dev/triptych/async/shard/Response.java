package dev.triptych.async.shard;

import dev.triptych.async.traffic.ValueFormat;
import java.nio.DoubleBuffer;

/** What a shard answers to a worker. */
public sealed interface Response {
  /**
   * To a pull.
   *
   * @param progress workers stop unless it is {@link Progress#RUNNING}; no values when {@link
   *     Progress#DIVERGED}
   * @param version of the shard when read
   * @param values in the order of the selection; may view the live slice and is valid only until
   *     the next event
   * @param format that they travel in
   */
  record Weights(Progress progress, long version, DoubleBuffer values, ValueFormat format)
      implements Response {
    /** As they are. */
    public Weights(Progress progress, long version, DoubleBuffer values) {
      this(progress, version, values, ValueFormat.FLOAT64);
    }
  }

  /**
   * To a push without a pull: applied now or before.
   *
   * @param version of the shard
   */
  record Accepted(Progress progress, long version) implements Response {}

  /**
   * To a hello.
   *
   * @param nextSequence where to continue
   */
  record Resume(Progress progress, long nextSequence) implements Response {}

  /** To anything that was not done, with one line that says why. */
  record Rejected(Reason reason, String message) implements Response {}

  /** Why a request was not done. */
  enum Reason {
    /** A newer attempt runs this worker. */
    FENCED,
    /** The same worker asked again before this pull was answered. */
    SUPERSEDED,
    /** A sequence or clock beyond the next one. */
    OUT_OF_ORDER,
    /** A shape, index or number that cannot be. */
    INVALID,
    /** No such run or shard here. */
    UNKNOWN_RUN,
    /** A set of keys was named by a hash that this connection has not defined, or not lately. */
    UNKNOWN_KEYS,
    /** This server is not the shard's primary, or not any more: ask the driver who is. */
    NOT_PRIMARY,
    /** This server does not have the shard and takes none: it is about to end. */
    LEAVING
  }
}
