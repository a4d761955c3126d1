/**
 * What is the objective at each snapshot? One pass over the data for many snapshots, after the run.
 */
@NullMarked
package dev.triptych.spark.evaluate;

import org.jspecify.annotations.NullMarked;
