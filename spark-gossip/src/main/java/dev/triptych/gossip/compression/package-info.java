/**
 * What to leave out of a vector before it travels. A compressor keeps part of the vector's energy,
 * ‖v − Q(v)‖² ≤ (1 − δ)‖v‖² with δ &gt; 0; error feedback sends the rest later. Pure functions.
 */
@NullMarked
package dev.triptych.gossip.compression;

import org.jspecify.annotations.NullMarked;
