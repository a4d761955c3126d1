/**
 * Was this push applied already, and does its sender still own the worker? Start at {@link
 * dev.triptych.async.ledger.PushLedger}. Pure: knows no threads, sockets, clocks or Spark.
 */
@NullMarked
package dev.triptych.async.ledger;

import org.jspecify.annotations.NullMarked;
