/**
 * When did each worker compute, communicate and wait? Recorded in bounded memory, without a clock:
 * time comes in as a number. Start at {@link dev.triptych.core.timeline.SpanRecorder}.
 */
@NullMarked
package dev.triptych.core.timeline;

import org.jspecify.annotations.NullMarked;
