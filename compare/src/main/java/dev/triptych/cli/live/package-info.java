/**
 * How do the runs of this process go right now? A tab of Spark's web interface. Start at {@link
 * dev.triptych.cli.live.LiveRuns}.
 */
@NullMarked
package dev.triptych.cli.live;

import org.jspecify.annotations.NullMarked;
