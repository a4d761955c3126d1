/**
 * What does a parameter server tell the outside about itself? Start at {@link
 * dev.triptych.async.metrics.ServerMetrics}. Knows Dropwizard metrics and where Spark keeps them,
 * but no transport and no Spark job.
 */
@NullMarked
package dev.triptych.async.metrics;

import org.jspecify.annotations.NullMarked;
