/**
 * What does one shard answer to which request, and when? Start at {@link
 * dev.triptych.async.shard.ShardMachine}, the state machine that the server and the tests drive.
 * Pure: knows no threads, sockets, clocks or Spark; time comes in as a number.
 */
@NullMarked
package dev.triptych.async.shard;

import org.jspecify.annotations.NullMarked;
