/**
 * How does a shard's or a node's state look as bytes that another process, or a later run, can go
 * on from? Start at {@link dev.triptych.core.state.StateWriter}.
 */
@NullMarked
package dev.triptych.core.state;

import org.jspecify.annotations.NullMarked;
