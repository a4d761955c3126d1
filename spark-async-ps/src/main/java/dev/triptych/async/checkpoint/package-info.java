/**
 * How is a run kept on a file system, so that a later application goes on with it? Start at {@link
 * dev.triptych.async.checkpoint.CheckpointDirectory}. Knows Hadoop's file systems, but no server
 * and no Spark job.
 */
@NullMarked
package dev.triptych.async.checkpoint;

import org.jspecify.annotations.NullMarked;
