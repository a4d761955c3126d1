/**
 * In which order did the pushes of an asynchronous run arrive? Start at {@link
 * dev.triptych.async.order.ArrivalOrder}. Pure: knows no threads, sockets, clocks or Spark.
 */
@NullMarked
package dev.triptych.async.order;

import org.jspecify.annotations.NullMarked;
