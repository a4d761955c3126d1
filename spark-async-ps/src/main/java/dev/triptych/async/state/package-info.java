/**
 * How does a shard's state look as bytes that another server, or a later run, can go on from? Start
 * at {@link dev.triptych.async.state.StateWriter}. Pure: knows no threads, sockets, clocks or
 * Spark.
 */
@NullMarked
package dev.triptych.async.state;

import org.jspecify.annotations.NullMarked;
