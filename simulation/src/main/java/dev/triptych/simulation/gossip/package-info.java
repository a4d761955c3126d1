/**
 * What does synchronous gossip do when messages are lost and nodes die? Start at {@link
 * dev.triptych.simulation.gossip.GossipSimulation}, which drives gossip's own inboxes, algorithms
 * and membership on a network in virtual time.
 */
@NullMarked
package dev.triptych.simulation.gossip;

import org.jspecify.annotations.NullMarked;
