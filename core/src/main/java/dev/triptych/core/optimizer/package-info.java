/**
 * How does a gradient change the weights? Optimizers work on slices: a driver's vector, a server's
 * shard, a node's replica.
 */
@NullMarked
package dev.triptych.core.optimizer;

import org.jspecify.annotations.NullMarked;
