/**
 * How is a run kept on a file system, so that a later application goes on with it? Start at {@link
 * dev.triptych.spark.checkpoint.CheckpointDirectory}. Knows Hadoop's file systems, but no trainer.
 */
@NullMarked
package dev.triptych.spark.checkpoint;

import org.jspecify.annotations.NullMarked;
