/**
 * How does a file become one persisted block of examples per worker? Start at {@link
 * dev.triptych.spark.data.TrainingData}.
 */
@NullMarked
package dev.triptych.spark.data;

import org.jspecify.annotations.NullMarked;
