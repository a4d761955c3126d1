/**
 * Which data sets are there, where do they come from under which licence, and how are artificial
 * ones made? Start at {@link dev.triptych.datasets.Catalogue} for real sets and at {@link
 * dev.triptych.datasets.SyntheticSpec} for generated ones. Knows no Spark.
 */
@NullMarked
package dev.triptych.datasets;

import org.jspecify.annotations.NullMarked;
