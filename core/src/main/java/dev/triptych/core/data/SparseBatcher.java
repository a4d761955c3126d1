package dev.triptych.core.data;

import java.util.Arrays;

/**
 * Makes the {@link SparseBatch}es of one worker, without sorting: a bitmap over the features holds
 * what a batch touches, read out in ascending order; a feature's compact column is its rank, the
 * number of set bits below it. A second bitmap says which words of the first are not empty, so that
 * a batch costs its entries plus d/4096 steps, whatever d is. Takes d/8 bytes for the bits and d/16
 * for the ranks, whatever the number of batches.
 *
 * <p>Not thread-safe: keeps its scratch from batch to batch.
 */
public final class SparseBatcher {
  private final ExampleBlock block;
  private final long[] touched;
  private final long[] touchedWords;
  // by word of "touched": how many bits are set in all words before it
  private final int[] rankOfWord;

  /** For the rows of one block. */
  public SparseBatcher(ExampleBlock block) {
    this.block = block;
    int numWords = (block.numFeatures() >>> 6) + 1;
    touched = new long[numWords];
    touchedWords = new long[(numWords >>> 6) + 1];
    rankOfWord = new int[numWords];
  }

  /** Rows {@code selected[from..to)}. */
  public SparseBatch batch(int[] selected, int from, int to) {
    int numRows = to - from;
    int[] rowOffsets = new int[numRows + 1];
    double[] labels = new double[numRows];
    double[] weights = block.hasWeights() ? new double[numRows] : null;
    for (int i = 0; i < numRows; i++) {
      int row = selected[from + i];
      labels[i] = block.label(row);
      if (weights != null) {
        weights[i] = block.weight(row);
      }
      rowOffsets[i + 1] = Math.addExact(rowOffsets[i], block.rowLength(row));
    }
    int[] columns = new int[rowOffsets[numRows]];
    double[] values = block.hasImplicitOnes() ? null : new double[columns.length];
    for (int i = 0; i < numRows; i++) {
      block.copyRow(selected[from + i], columns, values, rowOffsets[i]);
    }
    for (int column : columns) {
      touched[column >>> 6] |= 1L << column;
      touchedWords[column >>> 12] |= 1L << (column >>> 6);
    }
    int[] keys = takeKeys(columns.length);
    int[] occurrences = new int[keys.length];
    for (int e = 0; e < columns.length; e++) {
      int column = columns[e];
      int word = column >>> 6;
      int rank = rankOfWord[word] + Long.bitCount(touched[word] & ((1L << column) - 1));
      columns[e] = rank;
      occurrences[rank]++;
    }
    clear(keys);
    ExampleBlock rows = ExampleBlock.compact(keys.length, labels, rowOffsets, columns, values);
    return new SparseBatch(keys, occurrences, weights == null ? rows : rows.withWeights(weights));
  }

  /** Reads the touched features out in ascending order and ranks their words. */
  private int[] takeKeys(int mostKeys) {
    int[] keys = new int[Math.min(mostKeys, block.numFeatures())];
    int numKeys = 0;
    for (int group = 0; group < touchedWords.length; group++) {
      for (long words = touchedWords[group]; words != 0; words &= words - 1) {
        int word = (group << 6) + Long.numberOfTrailingZeros(words);
        rankOfWord[word] = numKeys;
        for (long bits = touched[word]; bits != 0; bits &= bits - 1) {
          keys[numKeys++] = (word << 6) + Long.numberOfTrailingZeros(bits);
        }
      }
      touchedWords[group] = 0;
    }
    return Arrays.copyOf(keys, numKeys);
  }

  private void clear(int[] keys) {
    for (int key : keys) {
      touched[key >>> 6] = 0;
    }
  }
}
