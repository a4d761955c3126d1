/**
 * How does a Spark job train through the parameter server? Start at {@link
 * dev.triptych.async.train.AsyncTrainer}.
 */
@NullMarked
package dev.triptych.async.train;

import org.jspecify.annotations.NullMarked;
