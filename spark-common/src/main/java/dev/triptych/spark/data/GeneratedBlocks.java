package dev.triptych.spark.data;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Generated examples, made in parallel on Spark block by block, so that no machine ever holds them
 * all.
 */
public final class GeneratedBlocks {
  private static final long ROWS_PER_BLOCK = 4096;

  private GeneratedBlocks() {}

  /**
   * Rows {@code from} to {@code to} − 1 in order, as blocks that are made when they are asked for.
   */
  public static JavaRDD<ExampleBlock> rows(
      JavaSparkContext spark, ExampleGenerator generator, long from, long to) {
    long numBlocks = Math.max(1, (to - from + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK);
    int numPartitions = (int) Math.min(numBlocks, Math.max(1, spark.defaultParallelism() * 4L));
    List<Integer> partitions = new ArrayList<>(numPartitions);
    for (int p = 0; p < numPartitions; p++) {
      partitions.add(p);
    }
    return spark
        .parallelize(partitions, numPartitions)
        .flatMap(
            p -> {
              long firstBlock = numBlocks * p / numPartitions;
              long endBlock = numBlocks * (p + 1) / numPartitions;
              return java.util.stream.LongStream.range(firstBlock, endBlock)
                  .mapToObj(
                      block ->
                          generator.rows(
                              from + block * ROWS_PER_BLOCK,
                              Math.min(to, from + (block + 1) * ROWS_PER_BLOCK)))
                  .iterator();
            });
  }
}
