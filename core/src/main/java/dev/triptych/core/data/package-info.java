/**
 * How are examples laid out in memory, and which rows form the next mini-batch? Start at {@link
 * dev.triptych.core.data.ExampleBlock}.
 */
@NullMarked
package dev.triptych.core.data;

import org.jspecify.annotations.NullMarked;
