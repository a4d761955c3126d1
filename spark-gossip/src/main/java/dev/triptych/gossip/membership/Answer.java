package dev.triptych.gossip.membership;

/** What a task is told that runs an epoch or wants to. */
public enum Answer {
  /** The epoch goes on. */
  GO,
  /** The epoch is over; arrive for the next one. */
  REFORM,
  /** There will be no further epoch. */
  OVER
}
