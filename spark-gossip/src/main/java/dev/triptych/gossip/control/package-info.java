/**
 * How do a run's tasks and its driver agree on the membership epochs? Start at {@link
 * dev.triptych.gossip.control.EpochControl} on the driver and {@link
 * dev.triptych.gossip.control.EpochClient} in a task; {@link
 * dev.triptych.gossip.membership.MembershipEpochs} decides. Knows no rounds and no weights.
 */
@NullMarked
package dev.triptych.gossip.control;

import org.jspecify.annotations.NullMarked;
