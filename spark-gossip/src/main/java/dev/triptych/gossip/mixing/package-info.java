/**
 * How much does each neighbour count, and how fast does averaging agree? Start at {@link
 * dev.triptych.gossip.mixing.MixingMatrix}; {@link dev.triptych.gossip.mixing.TopologyReport} sums
 * it up. Pure: no threads, sockets, clocks or Spark.
 */
@NullMarked
package dev.triptych.gossip.mixing;

import org.jspecify.annotations.NullMarked;
