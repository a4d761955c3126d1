/**
 * How do workers train one model with no centre, by averaging with their neighbours? Graphs ({@code
 * topology}), averaging weights ({@code mixing}), what a node does in a round ({@code algorithm}),
 * messages between nodes ({@code exchange}) and the trainer on Spark ({@code train}). Knows neither
 * the synchronous trainer nor the parameter server.
 */
@NullMarked
package dev.triptych.gossip;

import org.jspecify.annotations.NullMarked;
