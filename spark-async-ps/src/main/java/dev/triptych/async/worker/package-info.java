/**
 * What does a worker say to its shards, and when does it say it again? Start at {@link
 * dev.triptych.async.worker.WorkerMachine}, the state machine that the socket client and the
 * simulation drive. Pure: knows no threads, sockets, clocks or Spark; time comes in as a number.
 */
@NullMarked
package dev.triptych.async.worker;

import org.jspecify.annotations.NullMarked;
