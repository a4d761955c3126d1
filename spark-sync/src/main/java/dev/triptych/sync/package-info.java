/**
 * How does bulk-synchronous training run on Spark? Broadcast the weights, map mini-batch gradients,
 * reduce, step. Start at {@link dev.triptych.sync.SyncTrainer}. Knows neither the parameter server
 * nor gossip.
 */
@NullMarked
package dev.triptych.sync;

import org.jspecify.annotations.NullMarked;
