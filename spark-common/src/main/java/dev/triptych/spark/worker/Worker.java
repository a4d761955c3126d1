package dev.triptych.spark.worker;

import dev.triptych.core.data.CompactBlock;
import dev.triptych.core.data.ExampleBlock;
import org.jspecify.annotations.Nullable;

/**
 * One logical worker inside a Spark task.
 *
 * @param index 0-based, below {@code numWorkers}
 * @param numWorkers N
 * @param attempt 0 for the first attempt of the Spark task that hosts it, 1 for its first retry, …
 * @param block its examples
 * @param compact the examples over the features they store, when the group was made of such blocks;
 *     {@code block} is then its rows
 */
public record Worker(
    int index, int numWorkers, int attempt, ExampleBlock block, @Nullable CompactBlock compact) {}
