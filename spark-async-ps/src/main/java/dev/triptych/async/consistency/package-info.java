/**
 * May a worker start its next step, or must it wait for slower ones? Start at {@link
 * dev.triptych.async.consistency.Consistency}. Pure: knows no threads, sockets, clocks or Spark.
 */
@NullMarked
package dev.triptych.async.consistency;

import org.jspecify.annotations.NullMarked;
