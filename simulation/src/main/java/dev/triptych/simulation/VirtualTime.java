package dev.triptych.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * A clock that jumps from event to event. Events of the same time happen in the order in which they
 * were planned, so a simulation depends on nothing but its seeds. In nanoseconds from 0; one
 * thread.
 */
public final class VirtualTime {
  private final PriorityQueue<Planned> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Planned::time).thenComparingLong(Planned::number));
  private long now;
  private long numPlanned;

  /** The time of the event that happens. */
  public long now() {
    return now;
  }

  /** Plans an event; never in the past. */
  public void at(long time, Runnable event) {
    queue.add(new Planned(Math.max(now, time), numPlanned++, event));
  }

  /** Plans an event. */
  public void after(long delay, Runnable event) {
    at(now + delay, event);
  }

  /**
   * Lets events happen, one after the other.
   *
   * @param done looked at after every event
   * @param bound no later event happens
   * @return whether {@code done} came true; if not, nothing was left to happen or the bound was
   *     over
   */
  public boolean runUntil(BooleanSupplier done, long bound) {
    while (!done.getAsBoolean()) {
      Planned next = queue.peek();
      if (next == null || next.time() > bound) {
        return false;
      }
      queue.remove();
      now = next.time();
      next.event().run();
    }
    return true;
  }

  private record Planned(long time, long number, Runnable event) {}
}
