package dev.triptych.async.train;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.core.training.RunSettings;

/**
 * Settings of the asynchronous trainer. Start at {@link #of}, which leaves everything else at its
 * default.
 *
 * @param run what all modes share
 * @param servers S ≥ 1 shards
 * @param deployment where the shards live
 * @param consistency how far workers may run ahead
 */
public record AsyncSettings(
    RunSettings run, int servers, Deployment deployment, Consistency consistency) {
  public AsyncSettings {
    if (servers < 1) {
      throw new IllegalArgumentException("servers must be at least 1, got " + servers);
    }
  }

  /** What every run must say. */
  public static AsyncSettings of(
      RunSettings run, int servers, Deployment deployment, Consistency consistency) {
    return new AsyncSettings(run, servers, deployment, consistency);
  }
}
