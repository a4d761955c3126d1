/**
 * How do trained weights become MLlib's own models? The one place that calls their constructors.
 */
@NullMarked
package dev.triptych.spark.model;

import org.jspecify.annotations.NullMarked;
