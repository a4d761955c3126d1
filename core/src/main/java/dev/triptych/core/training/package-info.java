/**
 * What did a run do? Settings, snapshots, the convergence trace and the result, free of Spark
 * types.
 */
@NullMarked
package dev.triptych.core.training;

import org.jspecify.annotations.NullMarked;
