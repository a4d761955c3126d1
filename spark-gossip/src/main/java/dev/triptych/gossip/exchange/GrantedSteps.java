package dev.triptych.gossip.exchange;

import dev.triptych.gossip.pairing.StepBudget.Grant;

/**
 * The driver's reply to a claim.
 *
 * @param grant what was granted
 * @param elapsedNanos on the driver's clock of the run
 */
public record GrantedSteps(Grant grant, long elapsedNanos) {}
