package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.RandomBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ExampleBlockPropertyTest {
  private static final double ROUNDING = 1e-12;

  @Property(tries = 300, seed = "1")
  void sparseAndDenseLayoutsScoreAddAndMeasureTheSame(
      @ForAll long seed,
      @ForAll boolean ones,
      @ForAll @IntRange(min = 1, max = 8) int numRows,
      @ForAll @IntRange(min = 1, max = 40) int numFeatures) {
    SplittableRandom random = new SplittableRandom(seed);
    ExampleBlock sparse = RandomBlocks.sparse(random, numRows, numFeatures, ones);
    ExampleBlock dense = RandomBlocks.densified(sparse);
    // One weight more than features, as with an intercept: it must stay untouched.
    double[] weights = RandomBlocks.vector(random, numFeatures + 1, 3);
    double[] sparseTarget = RandomBlocks.vector(random, numFeatures + 1, 3);
    double[] denseTarget = sparseTarget.clone();
    for (int r = 0; r < numRows; r++) {
      assertThat(sparse.dot(r, weights)).isCloseTo(dense.dot(r, weights), within(ROUNDING));
      assertThat(sparse.squaredNorm(r)).isCloseTo(dense.squaredNorm(r), within(ROUNDING));
      sparse.addRow(r, 1.5, sparseTarget);
      dense.addRow(r, 1.5, denseTarget);
      assertThat(sparse.label(r)).isEqualTo(dense.label(r));
    }
    assertThat(sparseTarget).containsExactly(denseTarget, within(ROUNDING));
  }

  @Property(tries = 300, seed = "2")
  void dotIsTheSumOverStoredEntries(
      @ForAll long seed,
      @ForAll boolean dense,
      @ForAll @IntRange(min = 1, max = 8) int numRows,
      @ForAll @IntRange(min = 1, max = 70) int numFeatures) {
    SplittableRandom random = new SplittableRandom(seed);
    ExampleBlock block = RandomBlocks.sparse(random, numRows, numFeatures);
    block = dense ? RandomBlocks.densified(block) : block;
    double[] weights = RandomBlocks.vector(random, numFeatures, 3);
    for (int r = 0; r < numRows; r++) {
      double sum = 0;
      for (int k = 0; k < block.rowLength(r); k++) {
        sum += block.valueAt(r, k) * weights[block.columnAt(r, k)];
      }
      assertThat(block.dot(r, weights)).isCloseTo(sum, within(ROUNDING));
    }
  }

  @Property(tries = 300, seed = "3")
  void blocksCutIntoPiecesAndConcatenatedAreTheSameBlock(
      @ForAll long seed,
      @ForAll boolean dense,
      @ForAll @IntRange(min = 2, max = 60) int numRows,
      @ForAll @IntRange(min = 1, max = 5) int numPieces) {
    SplittableRandom random = new SplittableRandom(seed);
    ExampleBlock whole = RandomBlocks.sparse(random, numRows, 6);
    whole = dense ? RandomBlocks.densified(whole) : whole;
    List<ExampleBlock> pieces = new ArrayList<>();
    for (int p = 0; p < numPieces; p++) {
      BlockBuilder builder = new BlockBuilder(6);
      for (int r = p * numRows / numPieces; r < (p + 1) * numRows / numPieces; r++) {
        builder.addRowOf(whole, r);
      }
      pieces.add(builder.build());
    }
    assertSameRows(ExampleBlock.concat(pieces), whole);
    assertThat(ExampleBlock.concat(pieces).isDense()).isEqualTo(dense);
  }

  @Property(tries = 300, seed = "4")
  void scaledColumnsScoreLikeScaledWeights(
      @ForAll long seed, @ForAll boolean dense, @ForAll boolean ones) {
    SplittableRandom random = new SplittableRandom(seed);
    ExampleBlock block = RandomBlocks.sparse(random, 5, 7, ones);
    block = dense ? RandomBlocks.densified(block) : block;
    double[] factors = RandomBlocks.vector(random, 7, 2);
    double[] weights = RandomBlocks.vector(random, 7, 2);
    double[] scaledWeights = new double[7];
    for (int j = 0; j < 7; j++) {
      scaledWeights[j] = factors[j] * weights[j];
    }
    ExampleBlock scaled = block.scaleColumns(factors);
    for (int r = 0; r < 5; r++) {
      assertThat(scaled.dot(r, weights)).isCloseTo(block.dot(r, scaledWeights), within(ROUNDING));
      assertThat(scaled.label(r)).isEqualTo(block.label(r));
    }
    assertThat(scaled.isDense()).isEqualTo(dense);
  }

  @Property(tries = 300, seed = "5")
  void aSparseBatchHoldsTheSelectedRowsOverTheFeaturesTheyStore(
      @ForAll long seed, @ForAll boolean ones, @ForAll @IntRange(min = 1, max = 6) int batchSize) {
    SplittableRandom random = new SplittableRandom(seed);
    // Now within one word of the bitmap, now over several groups of words.
    int numFeatures = random.nextInt(20) > 0 ? 30 : 9_000;
    ExampleBlock block = RandomBlocks.sparse(random, 12, numFeatures, ones);
    int[] selected = {3, 7, 0, 11, 4, 8, 1, 2};
    int from = 1;
    SparseBatcher batcher = new SparseBatcher(block);
    SparseBatch other = batcher.batch(selected, 0, 3);
    assertThat(other.rows().numRows()).isEqualTo(3);
    SparseBatch batch = batcher.batch(selected, from, from + batchSize);

    int[] counts = new int[numFeatures];
    for (int i = 0; i < batchSize; i++) {
      int row = selected[from + i];
      assertThat(batch.rows().label(i)).isEqualTo(block.label(row));
      assertThat(batch.rows().rowLength(i)).isEqualTo(block.rowLength(row));
      for (int k = 0; k < block.rowLength(row); k++) {
        assertThat(batch.keys()[batch.rows().columnAt(i, k)]).isEqualTo(block.columnAt(row, k));
        assertThat(batch.rows().valueAt(i, k)).isEqualTo(block.valueAt(row, k));
        counts[block.columnAt(row, k)]++;
      }
    }
    assertThat(batch.keys()).isSorted().doesNotHaveDuplicates();
    int numTouched = 0;
    for (int count : counts) {
      numTouched += count > 0 ? 1 : 0;
    }
    assertThat(batch.keys()).hasSize(numTouched);
    for (int k = 0; k < batch.keys().length; k++) {
      assertThat(batch.occurrences(k)).isEqualTo(counts[batch.keys()[k]]);
    }
  }

  private static void assertSameRows(ExampleBlock actual, ExampleBlock expected) {
    assertThat(actual.numRows()).isEqualTo(expected.numRows());
    assertThat(actual.numFeatures()).isEqualTo(expected.numFeatures());
    assertThat(actual.numStored()).isEqualTo(expected.numStored());
    for (int r = 0; r < expected.numRows(); r++) {
      assertThat(actual.label(r)).isEqualTo(expected.label(r));
      assertThat(actual.rowLength(r)).isEqualTo(expected.rowLength(r));
      for (int k = 0; k < expected.rowLength(r); k++) {
        assertThat(actual.columnAt(r, k)).isEqualTo(expected.columnAt(r, k));
        assertThat(actual.valueAt(r, k)).isEqualTo(expected.valueAt(r, k));
      }
    }
  }
}
