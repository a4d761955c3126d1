/**
 * How does a worker or the driver talk to the shards of a run? Start at {@link
 * dev.triptych.async.client.ParameterClient}.
 */
@NullMarked
package dev.triptych.async.client;

import org.jspecify.annotations.NullMarked;
