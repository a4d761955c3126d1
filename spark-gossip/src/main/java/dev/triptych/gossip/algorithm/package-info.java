/**
 * What does a node do in one round? One small class per algorithm behind {@link
 * dev.triptych.gossip.algorithm.GossipAlgorithm}. Pure state machines: no threads, sockets, clocks
 * or Spark; a shell computes gradients and carries messages.
 */
@NullMarked
package dev.triptych.gossip.algorithm;

import org.jspecify.annotations.NullMarked;
