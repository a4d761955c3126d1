package dev.triptych.spark.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks in RDDs survive both of Spark's serializers. */
@Timeout(120)
class SerializersIT {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.apache.spark.serializer.JavaSerializer",
        "org.apache.spark.serializer.KryoSerializer"
      })
  void blocksOfEveryLayoutSurviveStorageShuffleAndLoading(String serializer) throws Exception {
    SparkSession spark = LocalSpark.start(serializer);
    try {
      assertThat(spark.sparkContext().env().serializer().getClass().getName())
          .isEqualTo(serializer);
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      List<ExampleBlock> blocks =
          List.of(
              ExampleBlock.dense(2, new double[] {1, -1}, new double[] {1, 2, 3, 4}),
              ExampleBlock.sparse(3, new double[] {1}, new int[] {0, 2}, new int[] {0, 2}, null),
              ExampleBlock.sparse(
                  3, new double[] {1}, new int[] {0, 1}, new int[] {1}, new double[] {7}),
              ExampleBlock.empty(4));
      JavaRDD<ExampleBlock> stored =
          context.parallelize(blocks, 2).persist(StorageLevel.DISK_ONLY());
      stored.count();
      assertThat(shown(stored.repartition(4).collect()))
          .containsExactlyInAnyOrderElementsOf(shown(blocks));

      for (Partition partition :
          List.of(Partition.IID, Partition.BY_LABEL, Partition.dirichlet(0.5))) {
        for (Scale scale : List.of(Scale.NONE, Scale.MINMAX, Scale.STANDARD)) {
          Path file = Files.write(dir.resolve("rows"), List.of("1 1:1 3:2", "0 2:1", "1 2:4"));
          TrainingData data =
              DataLoader.load(
                  spark,
                  DataSource.of(file.toString()),
                  DataSource.of(file.toString()),
                  LoadOptions.of(2, 1, LabelKind.BINARY).withPartition(partition).withScale(scale));
          assertThat(data.numRows()).isEqualTo(3);
          assertThat(data.test().collect().stream().mapToInt(ExampleBlock::numRows).sum())
              .isEqualTo(3);
        }
      }
    } finally {
      spark.stop();
    }
  }

  private static List<String> shown(List<ExampleBlock> blocks) {
    List<String> all = new ArrayList<>();
    for (ExampleBlock block : blocks) {
      StringBuilder text = new StringBuilder();
      text.append(block.numFeatures()).append(block.isDense()).append(block.hasImplicitOnes());
      for (int r = 0; r < block.numRows(); r++) {
        text.append(" | ").append(block.label(r));
        for (int k = 0; k < block.rowLength(r); k++) {
          text.append(' ').append(block.columnAt(r, k)).append(':').append(block.valueAt(r, k));
        }
      }
      all.add(text.toString());
    }
    return all;
  }
}
