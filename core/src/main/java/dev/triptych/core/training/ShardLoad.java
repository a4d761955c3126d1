package dev.triptych.core.training;

import org.jspecify.annotations.Nullable;

/**
 * What one shard of a parameter server had to do in a run.
 *
 * @param shard 0-based
 * @param server where it was, as host:port; null if it moved
 * @param parameters of its slice
 * @param updates applied
 * @param bytesReceived of requests
 * @param bytesSent of replies
 */
public record ShardLoad(
    int shard,
    @Nullable String server,
    long parameters,
    long updates,
    long bytesReceived,
    long bytesSent) {}
