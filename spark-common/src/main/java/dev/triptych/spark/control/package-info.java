/**
 * Who takes part in a run, and where? The driver's side and the tasks' side of one run's directory.
 */
@NullMarked
package dev.triptych.spark.control;

import org.jspecify.annotations.NullMarked;
