package dev.triptych.async.metrics;

import dev.triptych.async.shard.ShardStatus;
import java.util.List;

/** The shards of a server as metrics see them. Thread-safe. */
public interface HostedShards {
  /** How many there are. */
  int numShards();

  /** Requests that wait for their shard's owner, in all shards together. */
  int queueDepth();

  /** How each of them stands, or as many as answer within a second. */
  List<ShardStatus> statuses();
}
