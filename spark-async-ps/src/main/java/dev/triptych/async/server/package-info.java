/**
 * How are shards hosted in a process? Start at {@link dev.triptych.async.server.ParameterServer}.
 * Knows the transport, but no Spark job.
 */
@NullMarked
package dev.triptych.async.server;

import org.jspecify.annotations.NullMarked;
