/**
 * What can run next to the parameters, so that only its result travels? Start at {@link
 * dev.triptych.async.function.ServerFunction}. Pure: knows no threads, sockets, clocks or Spark.
 */
@NullMarked
package dev.triptych.async.function;

import org.jspecify.annotations.NullMarked;
