package dev.triptych.async.shard;

import dev.triptych.async.store.PagedVector;
import java.nio.DoubleBuffer;

/** A {@link SliceSnapshot} that shares its pages with the live weights as long as they agree. */
record KeptSnapshot(
    long version,
    long nanos,
    long numExamples,
    long bytes,
    long maxStaleness,
    PagedVector weights) {
  /** With all weights in one array; a copy. */
  SliceSnapshot slice() {
    return new SliceSnapshot(
        version, nanos, numExamples, bytes, maxStaleness, DoubleBuffer.wrap(weights.toArray()));
  }
}
