/**
 * How do processes exchange messages, with Spark's own security? Start at {@link
 * dev.triptych.spark.transport.Endpoint}. Knows no message of its own.
 */
@NullMarked
package dev.triptych.spark.transport;

import org.jspecify.annotations.NullMarked;
