package dev.triptych.spark.control;

import dev.triptych.spark.transport.Address;
import java.io.Serializable;

/**
 * Where tasks find their run's {@link RunControl}; shipped in task closures.
 *
 * @param runId the run; what arrives for another one is refused
 * @param driver the driver's endpoint
 * @param numWorkers N
 * @param maxWaitMillis longest wait for all workers to join
 */
public record RunAddress(String runId, Address driver, int numWorkers, long maxWaitMillis)
    implements Serializable {}
