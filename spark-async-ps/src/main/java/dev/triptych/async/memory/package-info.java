/**
 * How do workers of one process train one array of weights, without messages? Start at {@link
 * dev.triptych.async.memory.SharedWeights}. Racy by design, but pure: knows no threads, locks,
 * clocks or Spark; others decide who calls when.
 */
@NullMarked
package dev.triptych.async.memory;

import org.jspecify.annotations.NullMarked;
