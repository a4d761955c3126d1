package dev.triptych.async.server;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that all shards of a process share. Thread-safe. */
final class ShardMemory {
  private final long maxBytes;
  private final AtomicLong allocatedBytes = new AtomicLong();

  ShardMemory(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Counts more, or with a negative number less. */
  void add(long bytes) {
    allocatedBytes.addAndGet(bytes);
  }

  /** Whether so many bytes more would be too many. */
  boolean isTooMuch(long bytes) {
    return allocatedBytes.get() + bytes > maxBytes;
  }

  /** One line for whoever is refused. */
  String refusal(Object whom) {
    return "%s needs more memory than this server gives: %d MB are used, at most %d MB"
        .formatted(whom, allocatedBytes.get() >> 20, maxBytes >> 20);
  }
}
