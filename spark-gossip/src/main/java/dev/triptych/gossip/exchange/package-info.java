/**
 * How do a round's messages get from node to node? {@link dev.triptych.gossip.exchange.RoundInbox}
 * is the pure part: what has arrived, who is missing. Start at {@link
 * dev.triptych.gossip.exchange.Exchange}, the shell that carries messages inside a process and
 * between processes. Knows neither Spark's RDDs nor what the messages mean.
 */
@NullMarked
package dev.triptych.gossip.exchange;

import org.jspecify.annotations.NullMarked;
