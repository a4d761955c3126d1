/**
 * Who takes part in a run, and where? Start at {@link dev.triptych.spark.control.RunControl} on the
 * driver, {@link dev.triptych.spark.control.RunControlClient} in tasks. Knows no trainer.
 */
@NullMarked
package dev.triptych.spark.control;

import org.jspecify.annotations.NullMarked;
