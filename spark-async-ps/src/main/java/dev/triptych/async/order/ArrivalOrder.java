package dev.triptych.async.order;

import java.util.Arrays;

/**
 * The pushes that one shard took, in order, each with the shard's version that it was computed
 * from. A worker's k-th entry is its push k. This is all that decides the weights of an
 * asynchronous run: whoever applies the same pushes in the same order, and lets every worker read
 * the same versions, gets the same bits. Grows; not thread-safe.
 */
public final class ArrivalOrder {
  private int[] workers = new int[16];
  private long[] versionsRead = new long[16];
  private final long[][] readsByWorker;
  private final int[] numByWorker;
  private int size;

  /** No pushes yet. */
  public ArrivalOrder(int numWorkers) {
    readsByWorker = new long[numWorkers][8];
    numByWorker = new int[numWorkers];
  }

  /** N. */
  public int numWorkers() {
    return numByWorker.length;
  }

  /** Number of pushes. */
  public int size() {
    return size;
  }

  /**
   * The next push.
   *
   * @param versionRead of the shard, that the gradient was computed from
   */
  public void add(int worker, long versionRead) {
    if (size == workers.length) {
      workers = Arrays.copyOf(workers, 2 * size);
      versionsRead = Arrays.copyOf(versionsRead, 2 * size);
    }
    workers[size] = worker;
    versionsRead[size++] = versionRead;
    int k = numByWorker[worker]++;
    if (k == readsByWorker[worker].length) {
      readsByWorker[worker] = Arrays.copyOf(readsByWorker[worker], 2 * k);
    }
    readsByWorker[worker][k] = versionRead;
  }

  /** Whose push is at this place. */
  public int worker(int index) {
    return workers[index];
  }

  /** What the push at this place was computed from. */
  public long versionRead(int index) {
    return versionsRead[index];
  }

  /** What a worker's push was computed from, or −1 if it is not here. */
  public long versionRead(int worker, long sequence) {
    return sequence < numByWorker[worker] ? readsByWorker[worker][(int) sequence] : -1;
  }

  /** As two columns: workers, versions read. */
  public long[] toLongs() {
    long[] columns = new long[2 * size];
    for (int k = 0; k < size; k++) {
      columns[k] = workers[k];
      columns[size + k] = versionsRead[k];
    }
    return columns;
  }

  /**
   * The counterpart of {@link #toLongs}.
   *
   * @throws IllegalArgumentException if the numbers cannot be an order
   */
  public static ArrivalOrder of(int numWorkers, long[] columns) {
    ArrivalOrder order = new ArrivalOrder(numWorkers);
    int size = columns.length / 2;
    for (int k = 0; k < size; k++) {
      long worker = columns[k];
      long version = columns[size + k];
      if (worker < 0 || worker >= numWorkers || version < 0 || version > k) {
        throw new IllegalArgumentException(
            "push %d of worker %d from version %d".formatted(k, worker, version));
      }
      order.add((int) worker, version);
    }
    return order;
  }
}
