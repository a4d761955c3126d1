/**
 * How much does a gradient count that was computed from old weights? Start at {@link
 * dev.triptych.async.delay.DelayRule}; {@link dev.triptych.async.delay.DelayRules} names them all.
 * Pure: knows no threads, sockets, clocks or Spark.
 */
@NullMarked
package dev.triptych.async.delay;

import org.jspecify.annotations.NullMarked;
