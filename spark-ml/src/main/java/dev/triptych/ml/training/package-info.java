/**
 * How does a {@code Dataset} become {@code TrainingData}, and which trainer gets it? {@link
 * dev.triptych.ml.training.Examples} reads rows as MLlib does, {@link
 * dev.triptych.ml.training.ModeTraining} calls the trainer. Knows no model of MLlib.
 */
@NullMarked
package dev.triptych.ml.training;

import org.jspecify.annotations.NullMarked;
