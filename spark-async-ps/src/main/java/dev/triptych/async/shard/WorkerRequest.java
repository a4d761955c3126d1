package dev.triptych.async.shard;

/** What a worker asks of a shard. */
public sealed interface WorkerRequest permits HelloRequest, PullRequest, PushRequest {
  /** Who asks, 0-based. */
  int worker();

  /** Grows with every new attempt at the same worker. */
  long attempt();
}
