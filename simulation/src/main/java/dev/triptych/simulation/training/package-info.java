/**
 * What does asynchronous training do in virtual time? Start at {@link
 * dev.triptych.simulation.training.TrainingSimulation}, which drives the parameter server's own
 * state machines with the bytes of the real protocol.
 */
@NullMarked
package dev.triptych.simulation.training;

import org.jspecify.annotations.NullMarked;
