/**
 * How do two nodes average their weights without a round, without waiting for a third, and without
 * ever doing half of it? AD-PSGD (Lian, Zhang, Zhang, Liu: "Asynchronous Decentralized Parallel
 * Stochastic Gradient Descent", ICML 2018) on any connected graph. {@link
 * dev.triptych.gossip.pairing.PairOrder} says who may ask whom, {@link
 * dev.triptych.gossip.pairing.PairingNode} is one node's side. Pure: messages and times go in,
 * messages come out; a shell carries them.
 */
@NullMarked
package dev.triptych.gossip.pairing;

import org.jspecify.annotations.NullMarked;
