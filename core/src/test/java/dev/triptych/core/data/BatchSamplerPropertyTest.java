package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.BitSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class BatchSamplerPropertyTest {
  @Property(tries = 300, seed = "1")
  void everyEpochVisitsDistinctRows(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 60) int numRows,
      @ForAll @IntRange(min = 1, max = 60) int batchSize,
      @ForAll @LongRange(min = 0, max = 1000) long epoch) {
    BatchSampler sampler = new BatchSampler(numRows, batchSize, seed, 2);
    BitSet visited = new BitSet();
    for (int b = 0; b < sampler.batchesPerEpoch(); b++) {
      for (int row : batch(sampler, epoch * sampler.batchesPerEpoch() + b)) {
        assertThat(row).isBetween(0, numRows - 1);
        assertThat(visited.get(row)).as("row %d twice", row).isFalse();
        visited.set(row);
      }
    }
    assertThat(visited.cardinality()).isEqualTo(numRows - numRows % sampler.batchSize());
  }

  @Property(tries = 200, seed = "2")
  void randomAccessIsSequentialAccess(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 9) int worker,
      @ForAll @IntRange(min = 1, max = 12) int batchSize,
      @ForAll @IntRange(min = 0, max = 99) int step) {
    BatchSampler sequential = new BatchSampler(30, batchSize, seed, worker);
    for (int t = 0; t < step; t++) {
      sequential.seek(t);
    }
    BatchSampler retried = new BatchSampler(30, batchSize, seed, worker);
    retried.seek(step + 50L);
    assertThat(batch(retried, step))
        .containsExactly(batch(sequential, step))
        .containsExactly(batch(new BatchSampler(30, batchSize, seed, worker), step));
  }

  @Property(tries = 200, seed = "3")
  void epochsWorkersAndSeedsHaveOrdersOfTheirOwn(
      @ForAll @LongRange(min = 0, max = 100000) long seed,
      @ForAll @IntRange(min = 0, max = 100) int worker,
      @ForAll @LongRange(min = 0, max = 1000) long epoch) {
    int[] order = epochOrder(seed, worker, epoch);
    assertThat(order)
        .isNotEqualTo(epochOrder(seed, worker, epoch + 1))
        .isNotEqualTo(epochOrder(seed, worker + 1, epoch))
        .isNotEqualTo(epochOrder(seed + 1, worker, epoch));
  }

  @Example
  void everyRowIsEquallyLikelyInTheFirstBatch() {
    int[] counts = new int[10];
    int numEpochs = 10_000;
    BatchSampler sampler = new BatchSampler(10, 2, 42, 0);
    for (int epoch = 0; epoch < numEpochs; epoch++) {
      for (int row : batch(sampler, (long) epoch * sampler.batchesPerEpoch())) {
        counts[row]++;
      }
    }
    // Each count is binomial with mean 2000 and standard deviation 40: 5 of them.
    for (int count : counts) {
      assertThat(count).isBetween(1800, 2200);
    }
  }

  @Example
  void batchSizeZeroOrTooLargeMeansAllRowsInTheirOwnOrder() {
    for (int batchSize : new int[] {0, 5, 6}) {
      BatchSampler sampler = new BatchSampler(5, batchSize, 1, 0);
      assertThat(sampler.batchSize()).isEqualTo(5);
      assertThat(sampler.batchesPerEpoch()).isEqualTo(1);
      assertThat(batch(sampler, 17)).containsExactly(0, 1, 2, 3, 4);
    }
  }

  @Example
  void stepsBeyondTheIntegersStillHaveABatch() {
    assertThat(batch(new BatchSampler(10, 3, 1, 0), 3_000_000_000L))
        .hasSize(3)
        .doesNotHaveDuplicates();
  }

  @Example
  void aWorkerWithoutExamplesIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchSampler(0, 1, 1, 3))
        .withMessageContaining("worker 3");
  }

  private static int[] batch(BatchSampler sampler, long step) {
    int from = sampler.seek(step);
    return Arrays.copyOfRange(sampler.rows(), from, from + sampler.batchSize());
  }

  private static int[] epochOrder(long seed, int worker, long epoch) {
    BatchSampler sampler = new BatchSampler(40, 1, seed, worker);
    sampler.seek(epoch * 40);
    return sampler.rows().clone();
  }
}
