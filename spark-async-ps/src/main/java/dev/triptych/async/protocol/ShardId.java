package dev.triptych.async.protocol;

/**
 * One shard of one run.
 *
 * @param run drawn by the driver
 * @param shard 0-based
 */
public record ShardId(long run, int shard) {
  @Override
  public String toString() {
    return "shard " + shard + " of run " + Long.toHexString(run);
  }
}
