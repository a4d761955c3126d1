package dev.triptych.spark.control;

import dev.triptych.spark.transport.Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which of N workers have joined a run, in which attempt and at which address. A state machine
 * without threads, clocks or network; not thread-safe.
 */
final class Membership {
  private static final int ABSENT = -1;

  private final int[] attempts;
  private final @Nullable Address[] addresses;
  private final long[] updates;
  private int numJoined;

  Membership(int numWorkers) {
    if (numWorkers < 1) {
      throw new IllegalArgumentException("a run needs at least one worker, got " + numWorkers);
    }
    this.attempts = new int[numWorkers];
    this.addresses = new Address[numWorkers];
    this.updates = new long[numWorkers];
    Arrays.fill(attempts, ABSENT);
  }

  int numWorkers() {
    return attempts.length;
  }

  /**
   * Takes in workers that one task hosts; an address given before is replaced. Nothing changes when
   * the join is refused.
   *
   * @param attempt of the task, 0 for its first
   * @param exchange where the task's peers reach it, if they do
   * @throws IllegalArgumentException if a worker is not of this run, or a later attempt has joined
   */
  void join(int[] workers, int attempt, @Nullable Address exchange) {
    if (workers.length == 0) {
      throw new IllegalArgumentException("a task joined without workers");
    }
    if (attempt < 0) {
      throw new IllegalArgumentException("attempt must not be negative, got " + attempt);
    }
    for (int worker : workers) {
      check(worker);
      if (attempts[worker] > attempt) {
        throw new IllegalArgumentException(
            "worker "
                + worker
                + " joined in attempt "
                + attempts[worker]
                + " already, attempt "
                + attempt
                + " comes too late");
      }
    }
    for (int worker : workers) {
      if (attempts[worker] == ABSENT) {
        numJoined++;
      }
      attempts[worker] = attempt;
      addresses[worker] = exchange;
    }
  }

  boolean isComplete() {
    return numJoined == attempts.length;
  }

  /** Workers that have not joined yet, ascending. */
  List<Integer> missing() {
    List<Integer> missing = new ArrayList<>();
    for (int worker = 0; worker < attempts.length; worker++) {
      if (attempts[worker] == ABSENT) {
        missing.add(worker);
      }
    }
    return missing;
  }

  /** Address of every worker that joined with one, in ascending order of worker. */
  Map<Integer, Address> addresses() {
    Map<Integer, Address> joined = new TreeMap<>();
    for (int worker = 0; worker < addresses.length; worker++) {
      Address address = addresses[worker];
      if (address != null) {
        joined.put(worker, address);
      }
    }
    return joined;
  }

  /**
   * Notes how many updates a worker has made.
   *
   * @throws IllegalArgumentException if the worker has not joined or the number is negative
   */
  void report(int worker, long updatesMade) {
    check(worker);
    if (attempts[worker] == ABSENT) {
      throw new IllegalArgumentException("worker " + worker + " reports without having joined");
    }
    if (updatesMade < 0) {
      throw new IllegalArgumentException("updates must not be negative, got " + updatesMade);
    }
    updates[worker] = updatesMade;
  }

  /** Last reported updates by worker; a copy. */
  long[] updatesByWorker() {
    return updates.clone();
  }

  private void check(int worker) {
    if (worker < 0 || worker >= attempts.length) {
      throw new IllegalArgumentException(
          "no worker " + worker + " in a run of " + attempts.length + " workers");
    }
  }
}
