package dev.triptych.spark;

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
}
