package dev.triptych.spark.exchange;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One node's part in all-reduces through shared memory, see {@link WindowPlan}. One thread. */
final class MemoryNode {
  // Small enough for a core's first cache, with the place it is added from.
  private static final int BLOCK_BYTES = 8192;
  // Others need the cores too: first give way, then sleep, longer and longer.
  private static final long YIELD_NANOS = 100_000;
  private static final long MIN_SLEEP_NANOS = 20_000;
  private static final long MAX_SLEEP_NANOS = 1_000_000;

  private final String run;
  private final HostMemory memory;
  private final int node;
  private final Duration maxWait;
  private long sequence;
  private long windows;

  MemoryNode(String run, HostMemory memory, int node, Duration maxWait) {
    this.run = run;
    this.memory = memory;
    this.node = node;
    this.maxWait = maxWait;
  }

  /**
   * Replaces the values by the sums over all nodes, or by what {@code completion} makes of them.
   *
   * @return bytes that this node sent
   */
  long sum(Vector vector, @Nullable Completion completion) throws InterruptedException {
    int valueBytes = vector.valueBytes();
    int fitting = memory.windowBytes() / valueBytes;
    // Equal chunks wherever that is possible.
    int windowLength = Math.max(fitting - fitting % memory.numNodes(), 1);
    WindowPlan plan = new WindowPlan(memory.numNodes(), vector.length(), windowLength);
    int numWindows = plan.numWindows();
    boolean done = false;
    try {
      memory.setRelease(node, HostMemory.SHAPE, 16L * vector.length() + valueBytes);
      // Whoever waits has something written for others before.
      for (int k = 0; k < numWindows + 2; k++) {
        if (k < numWindows) {
          write(plan, k, vector);
        }
        if (k >= 1 && k <= numWindows) {
          add(plan, k - 1, vector, completion);
        }
        if (k >= 2) {
          read(plan, k - 2, vector);
        }
      }
      done = true;
    } finally {
      if (!done) {
        leave();
      }
    }
    windows += numWindows;
    sequence++;
    return plan.numValuesSent(node) * valueBytes;
  }

  /** Nobody waits for this node any more. */
  void leave() {
    memory.setRelease(node, HostMemory.GONE, 1);
  }

  private void write(WindowPlan plan, int k, Vector vector) throws InterruptedException {
    long window = windows + k;
    awaitAll(HostMemory.READ, window + 1 - HostMemory.NUM_SLOTS);
    int begin = plan.begin(k);
    vector.write(
        begin, memory.values(window, node, 0, (plan.end(k) - begin) * vector.valueBytes()));
    memory.setRelease(node, HostMemory.WRITTEN, window + 1);
  }

  private void add(WindowPlan plan, int k, Vector vector, @Nullable Completion completion)
      throws InterruptedException {
    long window = windows + k;
    awaitAll(HostMemory.WRITTEN, window + 1);
    if (k == 0) {
      checkShapes(vector);
    }
    int valueBytes = vector.valueBytes();
    int end = (plan.begin(k, node + 1) - plan.begin(k)) * valueBytes;
    Vector block =
        valueBytes == Double.BYTES
            ? new Vector.Doubles(new double[BLOCK_BYTES / Double.BYTES])
            : new Vector.Floats(new float[BLOCK_BYTES / Float.BYTES]);
    for (int at = (plan.begin(k, node) - plan.begin(k)) * valueBytes; at < end; ) {
      int bytes = Math.min(BLOCK_BYTES, end - at);
      block.put(0, memory.values(window, 0, at, bytes));
      for (int other = 1; other < memory.numNodes(); other++) {
        block.add(0, memory.values(window, other, at, bytes));
      }
      block.write(0, memory.values(window, node, at, bytes));
      if (completion != null) {
        int first = plan.begin(k) + at / valueBytes;
        vector.put(first, memory.values(window, node, at, bytes));
        completion.completed(first, first + bytes / valueBytes);
        vector.write(first, memory.values(window, node, at, bytes));
      }
      at += bytes;
    }
    memory.setRelease(node, HostMemory.SUMMED, window + 1);
  }

  private void read(WindowPlan plan, int k, Vector vector) throws InterruptedException {
    long window = windows + k;
    awaitAll(HostMemory.SUMMED, window + 1);
    int begin = plan.begin(k);
    int valueBytes = vector.valueBytes();
    for (int chunk = 0; chunk < memory.numNodes(); chunk++) {
      int first = plan.begin(k, chunk);
      int bytes = (plan.begin(k, chunk + 1) - first) * valueBytes;
      vector.put(first, memory.values(window, chunk, (first - begin) * valueBytes, bytes));
    }
    memory.setRelease(node, HostMemory.READ, window + 1);
  }

  private void checkShapes(Vector vector) {
    long own = memory.getAcquire(node, HostMemory.SHAPE);
    for (int other = 0; other < memory.numNodes(); other++) {
      long shape = memory.getAcquire(other, HostMemory.SHAPE);
      if (shape != own) {
        throw new AllReduceException(
            String.format(
                "%s: one node adds up %d values of %d bytes, node %d %d of %d",
                run, vector.length(), vector.valueBytes(), other, shape / 16, shape % 16),
            null);
      }
    }
  }

  private void awaitAll(int counter, long target) throws InterruptedException {
    for (int other = 0; other < memory.numNodes(); other++) {
      if (memory.getAcquire(other, counter) < target) {
        await(other, counter, target);
      }
    }
  }

  private void await(int other, int counter, long target) throws InterruptedException {
    long start = System.nanoTime();
    long sleep = MIN_SLEEP_NANOS;
    while (memory.getAcquire(other, counter) < target) {
      if (Thread.interrupted()) {
        throw new InterruptedException(run + ": node " + node + " was interrupted");
      }
      if (memory.getAcquire(other, HostMemory.GONE) != 0) {
        throw new AllReduceException(
            String.format(
                "%s: node %d failed in all-reduce %d: node %d has failed or was closed",
                run, node, sequence, other),
            null);
      }
      long waited = System.nanoTime() - start;
      if (waited > maxWait.toNanos()) {
        throw new AllReduceException(
            String.format(
                "%s: node %d waited %d ms in all-reduce %d for node %d",
                run, node, maxWait.toMillis(), sequence, other),
            null);
      }
      if (waited < YIELD_NANOS) {
        Thread.yield();
      } else {
        LockSupport.parkNanos(this, sleep);
        sleep = Math.min(MAX_SLEEP_NANOS, sleep + sleep / 2);
      }
    }
  }
}
