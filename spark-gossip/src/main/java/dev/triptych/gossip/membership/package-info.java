/**
 * Who takes part in a synchronous gossip run, from which round on, after nodes were lost or came
 * back? Start at {@link dev.triptych.gossip.membership.MembershipEpochs}. Pure: no threads,
 * sockets, clocks or Spark; time comes in as a number.
 */
@NullMarked
package dev.triptych.gossip.membership;

import org.jspecify.annotations.NullMarked;
