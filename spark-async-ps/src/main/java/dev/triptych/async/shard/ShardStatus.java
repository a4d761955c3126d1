package dev.triptych.async.shard;

import dev.triptych.core.training.StalenessHistogram;
import java.util.List;

/**
 * How a shard stands. A record of numbers; compared by identity of its arrays.
 *
 * @param progress of the run here
 * @param version updates applied
 * @param divergedAtUpdate the update that met an infinite or NaN gradient, 0 if none did
 * @param numExamples examples whose gradients are applied or discarded
 * @param nanos on the training clock, up to the last update
 * @param bytesReceived of requests
 * @param bytesSent of replies
 * @param bytesPlain what all of them would take with plain keys and doubles, nothing kept back
 * @param maxClockGap largest gap between two workers' clocks so far
 * @param numDuplicates pushes that had been applied before
 * @param numFenced requests of replaced attempts
 * @param numDiscarded gradients that the delay rule did not apply
 * @param numParked pulls that wait now
 * @param waitingFor whom they wait for: workers that have not arrived or have the smallest clock
 * @param clocks gradients taken from each worker
 * @param lastReads version of the last weights sent to each worker: what its gradient in flight
 *     was, or would be, computed from
 * @param staleness of applied gradients
 * @param workerStaleness the same by worker, since this process has the shard; empty if there are
 *     more than {@value #MAX_WORKERS_APART} workers
 */
@SuppressWarnings("ArrayRecordComponent")
public record ShardStatus(
    Progress progress,
    long version,
    long divergedAtUpdate,
    long numExamples,
    long nanos,
    long bytesReceived,
    long bytesSent,
    long bytesPlain,
    long maxClockGap,
    long numDuplicates,
    long numFenced,
    long numDiscarded,
    int numParked,
    List<Integer> waitingFor,
    long[] clocks,
    long[] lastReads,
    StalenessHistogram staleness,
    List<StalenessHistogram> workerStaleness) {

  /** So many workers' staleness is told apart. */
  public static final int MAX_WORKERS_APART = 64;

  /** Σ over workers of the delay that their gradients in flight have already. */
  public long inFlightDelay() {
    long sum = 0;
    for (long read : lastReads) {
      sum += version - read;
    }
    return sum;
  }
}
