/**
 * What does a fit tell besides the model? MLlib's training summaries, with the trace of the run.
 */
@NullMarked
package dev.triptych.ml.summary;

import org.jspecify.annotations.NullMarked;
