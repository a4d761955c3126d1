/**
 * How do N logical workers run on the cluster's task slots? Start at {@link
 * dev.triptych.spark.worker.WorkerGroup}.
 */
@NullMarked
package dev.triptych.spark.worker;

import org.jspecify.annotations.NullMarked;
