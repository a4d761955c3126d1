package dev.triptych.spark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.CompactBlock;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.testing.SparkSessions;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CompactionIT {
  private static final long SEED = 20261124;
  private static final int FEATURES = 300;

  /** The last worker's rows store features that nobody else has, and the ranges have gaps. */
  private static List<ExampleBlock> blocks() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < 3; worker++) {
      int numRows = 20 + worker;
      double[] labels = new double[numRows];
      int[] offsets = new int[numRows + 1];
      int[] columns = new int[numRows * 4];
      double[] values = new double[columns.length];
      for (int r = 0; r < numRows; r++) {
        int[] row =
            random.ints(0, worker == 2 ? FEATURES : 120).distinct().limit(4).sorted().toArray();
        System.arraycopy(row, 0, columns, r * 4, 4);
        offsets[r + 1] = 4 * r + 4;
        labels[r] = random.nextBoolean() ? 1 : -1;
      }
      for (int e = 0; e < values.length; e++) {
        values[e] = random.nextDouble(-1, 1);
      }
      blocks.add(ExampleBlock.sparse(FEATURES, labels, offsets, columns, values));
    }
    return blocks;
  }

  @Test
  void frequenciesOfEachWorkersFeaturesAreThoseOfTheWholeSet() {
    List<ExampleBlock> blocks = blocks();
    int[] counts = new int[FEATURES];
    blocks.forEach(block -> block.countStored(counts));
    long numRows = blocks.stream().mapToLong(ExampleBlock::numRows).sum();
    FeatureFrequency whole = new FeatureFrequency(numRows, counts);

    TrainingData data = DataLoader.fromBlocks(SparkSessions.local2Context(), blocks);
    List<CompactBlock> compact = data.compact().collect();

    assertThat(compact).hasSize(blocks.size());
    for (CompactBlock block : compact) {
      for (int k = 0; k < block.features().length; k++) {
        assertThat(block.frequency().inverse(k)).isEqualTo(whole.inverse(block.features()[k]));
      }
    }
    assertThat(data.maxInverseFrequency()).isEqualTo(whole.maxInverse());
  }

  @Test
  void scoresOfACompactBlockAreThoseOfTheBlock() {
    List<ExampleBlock> blocks = blocks();
    double[] weights = new SplittableRandom(SEED).doubles(FEATURES, -1, 1).toArray();

    List<CompactBlock> compact =
        DataLoader.fromBlocks(SparkSessions.local2Context(), blocks).compact().collect();

    for (int worker = 0; worker < blocks.size(); worker++) {
      ExampleBlock block = blocks.get(worker);
      CompactBlock mine = compact.get(worker);
      assertThat(mine.features()).isEqualTo(CompactBlock.featuresOf(block)).isSorted();
      double[] own = new double[mine.features().length];
      for (int k = 0; k < own.length; k++) {
        own[k] = weights[mine.features()[k]];
      }
      for (int r = 0; r < block.numRows(); r++) {
        assertThat(mine.rows().dot(r, own)).isCloseTo(block.dot(r, weights), within(0.0));
        assertThat(mine.rows().label(r)).isEqualTo(block.label(r));
      }
    }
  }
}
