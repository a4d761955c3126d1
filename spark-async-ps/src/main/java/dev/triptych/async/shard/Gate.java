package dev.triptych.async.shard;

import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;

/** Whether workers may go at a shard, and the training clock, which runs while they may. */
final class Gate {
  private boolean open;
  private boolean held;
  private long openedAt;
  private long nanosBefore;
  private long nanos;

  static Gate read(StateReader in) throws IOException {
    Gate gate = new Gate();
    gate.open = in.readBoolean();
    gate.held = in.readBoolean();
    gate.openedAt = in.readLong();
    gate.nanosBefore = in.readLong();
    gate.nanos = in.readLong();
    return gate;
  }

  void writeTo(StateWriter out) throws IOException {
    out.putBoolean(open).putBoolean(held).putLong(openedAt).putLong(nanosBefore).putLong(nanos);
  }

  /** Whether nobody may go. */
  boolean isShut() {
    return !open || held;
  }

  boolean isHeld() {
    return held;
  }

  /** All are there. */
  void open(long now) {
    open = true;
    openedAt = now;
  }

  /** Until {@link #open}. */
  void shut() {
    open = false;
    nanosBefore = nanos;
  }

  /** Until {@link #release}, whoever is there. */
  void hold() {
    held = true;
    nanosBefore = nanos;
  }

  /** Ends {@link #hold}. */
  void release(long now) {
    held = false;
    if (open) {
      openedAt = now;
    }
  }

  /** Ends {@link #hold} and shuts the gate. */
  void reset() {
    held = false;
    shut();
  }

  /** Something was applied. */
  void moveClock(long now) {
    nanos = nanosBefore + Math.max(0, now - openedAt);
  }

  /** The training clock when something was applied last. */
  long nanos() {
    return nanos;
  }
}
