package dev.triptych.async.replica;

/**
 * What the coordinator wants of a server.
 *
 * @param kind what to do
 * @param shard with which shard
 * @param epoch larger than that of every earlier command to the shard, but for {@link Kind#RETIRE}
 * @param server who has to do it
 * @param other the follower, for {@link Kind#FOLLOW} and {@link Kind#UNFOLLOW}; else empty
 */
public record Command(Kind kind, int shard, long epoch, String server, String other) {
  /** What to do. */
  public enum Kind {
    /** As a backup in sync, become primary. */
    PROMOTE,
    /** As the primary, send the state and all events to another server. */
    FOLLOW,
    /** As the primary, go on without that server. */
    UNFOLLOW,
    /** Forget the shard, unless the replica there is of a newer epoch. */
    RETIRE
  }
}
