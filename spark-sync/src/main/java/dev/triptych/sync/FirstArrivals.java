package dev.triptych.sync;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which K of N workers' mini-batches make up each step: the first that are ready (Chen, Monga,
 * Bengio, Jozefowicz 2016, "Revisiting Distributed Synchronous SGD": N − K backup workers). What
 * comes later is dropped, and its worker goes on with the step that is current then. A state
 * machine without threads, clocks or network; not thread-safe.
 */
final class FirstArrivals {
  private final int numWorkers;
  private final int numUsed;
  private final boolean[] arrived;
  private int numArrived;
  private long current;
  private List<Integer> latest = List.of();

  /**
   * @param numWorkers N
   * @param numUsed K, from 1 to N
   */
  FirstArrivals(int numWorkers, int numUsed) {
    if (numUsed < 1 || numUsed > numWorkers) {
      throw new IllegalArgumentException("the first " + numUsed + " of " + numWorkers);
    }
    this.numWorkers = numWorkers;
    this.numUsed = numUsed;
    this.arrived = new boolean[numWorkers];
  }

  /**
   * A worker's mini-batch of a step is ready.
   *
   * @return whether the step is decided with it
   * @throws IllegalArgumentException if there is no such worker, or the step cannot have begun
   */
  boolean arrive(int worker, long step) {
    if (worker < 0 || worker >= numWorkers || step < 0 || step > current) {
      throw new IllegalArgumentException(
          "worker " + worker + " is at step " + step + ", the others at " + current);
    }
    if (step < current || arrived[worker]) {
      return false;
    }
    arrived[worker] = true;
    numArrived++;
    if (numArrived < numUsed) {
      return false;
    }
    latest = workers(true);
    Arrays.fill(arrived, false);
    numArrived = 0;
    current++;
    return true;
  }

  /** The step that is not decided yet. */
  long current() {
    return current;
  }

  /** Whose mini-batches make up the step before the current one, ascending. */
  List<Integer> latest() {
    return latest;
  }

  /** Whose mini-batches of the current step are not ready, ascending. */
  List<Integer> missing() {
    return workers(false);
  }

  private List<Integer> workers(boolean ready) {
    List<Integer> workers = new ArrayList<>();
    for (int worker = 0; worker < numWorkers; worker++) {
      if (arrived[worker] == ready) {
        workers.add(worker);
      }
    }
    return List.copyOf(workers);
  }
}
