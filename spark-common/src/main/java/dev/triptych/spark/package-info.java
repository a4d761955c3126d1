/**
 * What do the three trainers share on Spark? The data as one block per worker ({@code data}),
 * workers on tasks ({@code worker}), evaluation off the training clock ({@code evaluate}), messages
 * between processes ({@code transport}) and the driver's directory of a run ({@code control}).
 * Knows no trainer.
 */
@NullMarked
package dev.triptych.spark;

import org.jspecify.annotations.NullMarked;
