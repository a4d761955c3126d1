/**
 * How is traffic made less, and what becomes of what is lost? Start at {@link
 * dev.triptych.async.traffic.Traffic}. Pure: knows no threads, sockets, clocks or Spark.
 */
@NullMarked
package dev.triptych.async.traffic;

import org.jspecify.annotations.NullMarked;
