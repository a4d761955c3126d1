package dev.triptych.spark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real files, where a mirror of them lies beside the repository. */
@Timeout(120)
class RealDataIT {
  private static final Path MIRROR = Path.of("../../shared/datasets");
  private static SparkSession spark;

  @BeforeAll
  static void startSpark() {
    assumeTrue(Files.isDirectory(MIRROR), "no mirror of the data sets in " + MIRROR);
    spark = LocalSpark.start("org.apache.spark.serializer.JavaSerializer");
  }

  @AfterAll
  static void stopSpark() {
    if (spark != null) {
      spark.stop();
    }
  }

  @Test
  void a9aHasItsPublishedCounts() {
    TrainingData data =
        DataLoader.load(
            spark,
            source("a9a/a9a.train.libsvm.gz"),
            source("a9a/a9a.test.libsvm.gz"),
            LoadOptions.of(4, 1, LabelKind.BINARY));
    assertThat(data.numFeatures()).isEqualTo(123);
    assertThat(data.numRows()).isEqualTo(32561);
    assertThat(data.numStored()).isEqualTo(451592);
    assertThat(data.blocks().collect()).allMatch(b -> b.hasImplicitOnes() && !b.isDense());
    assertThat(positives(data)).isEqualTo(7841);
    assertThat(data.test().map(ExampleBlock::numRows).reduce(Integer::sum)).isEqualTo(16281);
  }

  @Test
  void abaloneIsDenseWithRealLabels() {
    TrainingData data =
        DataLoader.load(
            spark, source("abalone/abalone.train.libsvm.gz"), LoadOptions.of(3, 1, LabelKind.REAL));
    assertThat(data.blocks().collect()).allMatch(ExampleBlock::isDense);
    double sum =
        data.blocks()
            .map(
                block -> {
                  double labels = 0;
                  for (int r = 0; r < block.numRows(); r++) {
                    labels += block.label(r);
                  }
                  return labels;
                })
            .reduce(Double::sum);
    assertThat(sum / data.numRows()).isCloseTo(9.933684462532918, within(1e-12));
  }

  private static long positives(TrainingData data) {
    return data.blocks()
        .map(
            block -> {
              long count = 0;
              for (int r = 0; r < block.numRows(); r++) {
                count += block.label(r) > 0 ? 1 : 0;
              }
              return count;
            })
        .reduce(Long::sum);
  }

  private static DataSource source(String file) {
    return DataSource.of(MIRROR.resolve(file).toString());
  }
}
