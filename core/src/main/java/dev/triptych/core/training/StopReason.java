package dev.triptych.core.training;

/** Why a run ended. */
public enum StopReason {
  /** All epochs were done. */
  COMPLETED,
  /** The target objective was reached. */
  TARGET_REACHED,
  /** Weights or gradients became infinite or NaN, or the objective grew far beyond its start. */
  DIVERGED
}
