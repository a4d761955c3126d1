/**
 * How is traffic made less? Formats of values ({@link dev.triptych.async.traffic.ValueFormat}).
 * Pure: knows no threads, sockets, clocks or Spark.
 */
@NullMarked
package dev.triptych.async.traffic;

import org.jspecify.annotations.NullMarked;
