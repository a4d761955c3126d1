/**
 * How are whole messages compressed? With Spark's codecs, in an envelope around the message; start
 * at {@link dev.triptych.async.packing.Packing}. Knows no message.
 */
@NullMarked
package dev.triptych.async.packing;

import org.jspecify.annotations.NullMarked;
