package dev.triptych.core.model;

import java.io.Serializable;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Scratch that is used again by whoever comes next, as many pieces as were in use at once.
 * Serialized without them. Thread-safe.
 */
final class ScratchPool<T> implements Serializable {
  private static final long serialVersionUID = 1L;

  // None in a copy that has just been read.
  private transient @Nullable ArrayDeque<T> idle;

  /** A piece that is idle, or null. */
  synchronized @Nullable T take() {
    return idle == null ? null : idle.pollFirst();
  }

  /** Gives a piece back. */
  synchronized void put(T piece) {
    if (idle == null) {
      idle = new ArrayDeque<>();
    }
    idle.addFirst(piece);
  }
}
