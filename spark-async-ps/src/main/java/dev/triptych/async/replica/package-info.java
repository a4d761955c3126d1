/**
 * How does a shard survive the loss of its server? {@link dev.triptych.async.replica.Replica} is
 * one server's part, {@link dev.triptych.async.replica.Coordinator} the driver's. Pure: knows no
 * threads, sockets, clocks or Spark; time comes in as a number.
 */
@NullMarked
package dev.triptych.async.replica;

import org.jspecify.annotations.NullMarked;
