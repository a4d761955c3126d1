package dev.triptych.core.model;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Scratch that is used again by whoever comes next, as many pieces as were in use at once.
 * Serialized without them. Thread-safe.
 */
final class ScratchPool<T> implements Serializable {
  private static final long serialVersionUID = 1L;

  private transient ArrayDeque<T> idle = new ArrayDeque<>();

  /** A piece that is idle, or null. */
  synchronized @Nullable T take() {
    return idle.pollFirst();
  }

  /** Gives a piece back. */
  synchronized void put(T piece) {
    idle.addFirst(piece);
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    idle = new ArrayDeque<>();
  }
}
