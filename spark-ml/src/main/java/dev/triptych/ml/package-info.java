/**
 * Where do users of {@code spark.ml} pipelines start? Estimators with MLlib's names, params and
 * defaults, which train in one of three modes and return MLlib's own models. Start at {@link
 * dev.triptych.ml.classification.LogisticRegression}. Knows no command line.
 */
@NullMarked
package dev.triptych.ml;

import org.jspecify.annotations.NullMarked;
