/**
 * What nodes tell each other: dense vectors in double or single precision, and compressed ones. A
 * message adds itself to a sum, whatever its form, and knows its bytes. Pure values.
 */
@NullMarked
package dev.triptych.gossip.message;

import org.jspecify.annotations.NullMarked;
