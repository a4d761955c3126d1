package dev.triptych.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network of any number of processes in {@link VirtualTime}: messages take a while, and {@link
 * Faults} happen to them. Without faults the messages from one process to another arrive in order.
 * Processes crash, are started again, or stand still for a while and never notice. One thread.
 *
 * @param <M> a message; not copied, so it must not change once it was sent
 */
public final class Network<M> {
  private final VirtualTime time;
  private final Faults faults;
  private final List<Place<M>> places = new ArrayList<>();
  private final Map<Long, Link> links = new HashMap<>();
  private long numLost;
  private long numRepeated;
  private long numCuts;

  public Network(VirtualTime time, Faults faults) {
    this.time = time;
    this.faults = faults;
  }

  /** A new process; returns its address. */
  public int join(Process<M> process) {
    Place<M> place = new Place<>();
    place.process = process;
    places.add(place);
    return places.size() - 1;
  }

  /** The process is gone, with its timers; what it has sent still arrives. */
  public void crash(int address) {
    Place<M> place = places.get(address);
    place.process = null;
    place.life++;
  }

  /** Something is there again; what was under way to the one before is lost. */
  public void restart(int address, Process<M> process) {
    Place<M> place = places.get(address);
    place.process = process;
    place.life++;
  }

  /** The process stands still: what should happen to it happens afterwards. */
  public void freeze(int address, long until) {
    Place<M> place = places.get(address);
    place.frozenUntil = Math.max(place.frozenUntil, until);
  }

  /** An event of this process; does not happen if the process crashes before. */
  public void timer(int address, long at, Runnable event) {
    planned(address, places.get(address).life, at, event, () -> {});
  }

  /** Sends a message. */
  public void send(int from, int to, M message) {
    long now = time.now();
    Link link = link(from, to);
    if (faults.loss().happens(from, to, now)) {
      numLost++;
    } else {
      deliver(from, to, message, link);
      if (faults.repetition().happens(from, to, now)) {
        numRepeated++;
        deliver(from, to, message, link);
      }
    }
    if (faults.cut().happens(from, to, now)) {
      cut(from, to);
    }
  }

  /** Breaks the connection between two processes; both are told. */
  public void cut(int a, int b) {
    numCuts++;
    link(a, b).epoch++;
    link(b, a).epoch++;
    tell(a, b);
    tell(b, a);
  }

  /** How many messages were lost, repeated, and how many connections were cut. */
  public String faultsSoFar() {
    return "%d lost, %d repeated, %d cuts".formatted(numLost, numRepeated, numCuts);
  }

  private void deliver(int from, int to, M message, Link link) {
    long now = time.now();
    long at = now + faults.delay().nanos(from, to, now);
    if (!faults.overtaking().happens(from, to, now)) {
      at = Math.max(at, link.lastArrival);
      link.lastArrival = at;
    }
    long epoch = link.epoch;
    planned(
        to,
        places.get(to).life,
        at,
        () -> {
          Process<M> process = places.get(to).process;
          if (process != null && link.epoch == epoch) {
            process.receive(from, message);
          }
        },
        () -> tell(from, to));
  }

  private void tell(int address, int peer) {
    long now = time.now();
    planned(
        address,
        places.get(address).life,
        now + faults.delay().nanos(peer, address, now),
        () -> {
          Process<M> process = places.get(address).process;
          if (process != null) {
            process.disconnected(peer);
          }
        },
        () -> {});
  }

  private void planned(int address, long life, long at, Runnable event, Runnable whenGone) {
    time.at(
        at,
        () -> {
          Place<M> place = places.get(address);
          if (place.life != life || place.process == null) {
            whenGone.run();
          } else if (place.frozenUntil > time.now()) {
            planned(address, life, place.frozenUntil, event, whenGone);
          } else {
            event.run();
          }
        });
  }

  private Link link(int from, int to) {
    return links.computeIfAbsent((long) from << 32 | to, key -> new Link());
  }

  private static final class Place<M> {
    private @Nullable Process<M> process;
    private long life;
    private long frozenUntil;
  }

  private static final class Link {
    private long epoch;
    private long lastArrival;
  }
}
