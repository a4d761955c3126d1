package dev.triptych.async.shard;

/** How a run stands at one shard. */
public enum Progress {
  /** Workers go on. */
  RUNNING,
  /** The update budget is spent: workers stop; gradients still in flight are applied. */
  DONE,
  /** A gradient was infinite or NaN: workers stop, nothing is applied any more. */
  DIVERGED
}
