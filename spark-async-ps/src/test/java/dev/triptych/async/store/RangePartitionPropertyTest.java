package dev.triptych.async.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RangePartitionPropertyTest {

  @Property(tries = 300)
  void everyKeyIsCutToTheShardThatOwnsIt(
      @ForAll @IntRange(min = 8, max = 500) int numParameters,
      @ForAll @IntRange(min = 1, max = 8) int numShards,
      @ForAll @Size(max = 100) Set<@IntRange(min = 0, max = 499) Integer> drawn) {
    int[] keys =
        new TreeSet<>(drawn).stream().mapToInt(k -> k).filter(k -> k < numParameters).toArray();
    RangePartition partition = new RangePartition(numParameters, numShards);
    int[] cuts = partition.cuts(keys);
    int covered = 0;
    for (int shard = 0; shard < numShards; shard++) {
      assertThat(partition.length(shard))
          .isBetween(numParameters / numShards, numParameters / numShards + 1);
      for (int k = cuts[shard]; k < cuts[shard + 1]; k++) {
        assertThat(keys[k] - partition.start(shard)).isBetween(0, partition.length(shard) - 1);
        covered++;
      }
    }
    assertThat(covered).isEqualTo(keys.length);
    assertThat(partition.start(numShards)).isEqualTo(numParameters);
  }

  @Property(tries = 10)
  void manyParametersDoNotOverflow(@ForAll @IntRange(min = 1, max = 1000) int numShards) {
    RangePartition partition = new RangePartition(Integer.MAX_VALUE, numShards);
    assertThat(partition.start(numShards)).isEqualTo(Integer.MAX_VALUE);
    assertThat(partition.length(numShards - 1)).isPositive();
  }
}
