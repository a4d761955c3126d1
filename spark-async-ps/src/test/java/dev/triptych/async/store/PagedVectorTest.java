package dev.triptych.async.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.optimizer.AdaGrad;
import org.junit.jupiter.api.Test;

class PagedVectorTest {
  private static final int LENGTH = 1_000_000;
  private static final long PAGE_BYTES = 8L * PagedVector.PAGE_LENGTH;

  @Test
  void onlyPagesThatWereWrittenTakeMemoryAndTheOthersReadAsZeros() {
    PagedVector vector = new PagedVector(Integer.MAX_VALUE);
    assertThat(vector.allocatedBytes()).isZero();
    vector.own(vector.pageOf(Integer.MAX_VALUE - 1))[vector.offsetOf(Integer.MAX_VALUE - 1)] = 7;
    assertThat(vector.allocatedBytes()).isEqualTo(PAGE_BYTES);
    assertThat(vector.get(Integer.MAX_VALUE - 1)).isEqualTo(7);
    assertThat(vector.get(Integer.MAX_VALUE - 2)).isZero();
    assertThat(vector.get(5)).isZero();
    assertThat(vector.gather(new int[] {0, 4096, Integer.MAX_VALUE - 1})).containsExactly(0, 0, 7);
    assertThat(vector.allocatedBytes()).as("reading allocates nothing").isEqualTo(PAGE_BYTES);
  }

  @Test
  void aSnapshotSharesItsPagesUntilTheyAreWritten() {
    PagedVector vector = new PagedVector(LENGTH);
    vector.own(0)[0] = 1;
    vector.own(1)[0] = 2;
    PagedVector snapshot = vector.snapshot();
    assertThat(snapshot.page(0)).isSameAs(vector.page(0));
    vector.own(0)[0] = 10;
    vector.own(2)[0] = 30;
    assertThat(snapshot.page(0)).isNotSameAs(vector.page(0));
    assertThat(snapshot.page(1)).isSameAs(vector.page(1));
    assertThat(snapshot.gather(new int[] {0, 4096, 8192})).containsExactly(1, 2, 0);
    assertThat(vector.gather(new int[] {0, 4096, 8192})).containsExactly(10, 2, 30);
    double[] once = vector.own(0);
    assertThat(vector.own(0)).as("copied once").isSameAs(once);
    snapshot.own(1)[0] = 5;
    assertThat(vector.get(4096)).as("it is a vector of its own").isEqualTo(2);
  }

  @Test
  void aShardAllocatesTheTouchedPagesOfWeightsAndStateOnly() {
    Shard shard = new Shard(LENGTH, new AdaGrad());
    shard.apply(Gradient.sparse(new int[] {3, 5000, 5001, 900_000}, new double[] {1, 2, 3, 4}), 1);
    assertThat(shard.allocatedBytes()).isEqualTo(2 * 3 * PAGE_BYTES);
    double[] dense = new double[LENGTH];
    dense[100_000] = 1;
    shard.apply(Gradient.dense(dense), 1);
    assertThat(shard.allocatedBytes()).as("zeros touch nothing").isEqualTo(2 * 4 * PAGE_BYTES);
  }
}
