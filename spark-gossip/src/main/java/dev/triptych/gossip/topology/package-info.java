/**
 * Who talks to whom? Graphs by name or from a file, and what can be counted on them. Start at
 * {@link dev.triptych.gossip.topology.Topology}. Knows no weights, no threads, no Spark.
 */
@NullMarked
package dev.triptych.gossip.topology;

import org.jspecify.annotations.NullMarked;
