package dev.triptych.gossip.train;

import dev.triptych.gossip.exchange.Exchange;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.gossip.mixing.MixingSequence;

/**
 * What a task's nodes need to run an epoch.
 *
 * @param mixing the averaging weights of this epoch's members
 * @param exchange open and connected
 */
record EpochRun(Epoch epoch, MixingSequence mixing, Exchange exchange) {}
