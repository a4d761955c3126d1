/**
 * How does a training loop of one's own use the parameter server? Start at {@link
 * dev.triptych.async.api.ParameterRun} on the driver and {@link
 * dev.triptych.async.api.WorkerClient} in the tasks. Knows the Spark context, but no RDD.
 */
@NullMarked
package dev.triptych.async.api;

import org.jspecify.annotations.NullMarked;
