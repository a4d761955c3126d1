/**
 * What do the algorithms do when time and network are made up? Drives the same state machines as
 * the sockets do, in virtual time, with seeded faults. Knows no Spark.
 */
@NullMarked
package dev.triptych.simulation;

import org.jspecify.annotations.NullMarked;
