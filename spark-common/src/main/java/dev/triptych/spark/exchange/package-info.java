/**
 * How do workers combine arrays with each other, without driver or server? {@link
 * dev.triptych.spark.exchange.RingPlan} is the pure part: who sends what to whom when. Start at
 * {@link dev.triptych.spark.exchange.RingAllReduce}, the shell that carries it out inside a process
 * and between processes. Knows no trainer.
 */
@NullMarked
package dev.triptych.spark.exchange;

import org.jspecify.annotations.NullMarked;
