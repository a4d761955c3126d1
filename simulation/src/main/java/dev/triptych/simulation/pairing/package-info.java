/**
 * Asynchronous pairwise averaging in virtual time: {@link
 * dev.triptych.simulation.pairing.PairingSimulation} drives the nodes' own state machines over a
 * network with faults. Knows no Spark.
 */
@NullMarked
package dev.triptych.simulation.pairing;

import org.jspecify.annotations.NullMarked;
