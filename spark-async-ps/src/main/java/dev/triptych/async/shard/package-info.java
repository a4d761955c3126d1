/**
 * What does one shard answer to which request, and when? Start at {@link
 * dev.triptych.async.shard.ShardMachine}, the state machine that the server and the tests drive; it
 * reads as the protocol. Its rooms: {@code Gate} (may anybody go, and the training clock), {@code
 * ParkedPulls} (who waits for weights), {@code SentHistory} (what each worker was sent), {@code
 * Turns} (the order of pushes, recorded or replayed), {@code SliceTraining} (what becomes of a
 * gradient), {@code KeptSnapshots}, {@code ShardCounters} and {@code Effects} (the answers and the
 * words of refusals). Pure: knows no threads, sockets, clocks or Spark; time comes in as a number.
 */
@NullMarked
package dev.triptych.async.shard;

import org.jspecify.annotations.NullMarked;
