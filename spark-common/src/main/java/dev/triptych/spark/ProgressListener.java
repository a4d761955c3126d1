package dev.triptych.spark;

import dev.triptych.core.training.TracePoint;

/** Hears how far a run is. Implementations return quickly and never throw. */
@FunctionalInterface
public interface ProgressListener {
  /** Hears nothing. */
  ProgressListener SILENT = (epochsDone, epochs) -> {};

  /**
   * @param epochsDone examples processed / n so far
   * @param epochs to do in all
   */
  void progressed(double epochsDone, double epochs);

  /** How a run with servers stands; now and then. */
  default void observed(LiveStatus status) {}

  /**
   * The objective was evaluated while the run goes on, the training clock standing still: where it
   * is looked at to see whether a target is reached.
   */
  default void evaluated(TracePoint latest) {}
}
