package dev.triptych.core.data;

import dev.ludovic.netlib.blas.BLAS;
import dev.triptych.core.kernel.RowCombination;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block of labelled examples x_1..x_n in R^d, immutable once built: either CSR rows (with
 * implicit ones when every stored value is 1) or dense row-major; each example may have a weight.
 * The arrays are not copied; callers hand them over.
 *
 * <p>Thread-safe by immutability. A plain final class, not a record: Spark's Kryo serializer cannot
 * read records.
 */
public final class ExampleBlock implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final RowCombination ROWS = RowCombination.fastest();

  /** What one block can store: the longest array that every JVM allocates. */
  public static final int MAX_ENTRIES = Integer.MAX_VALUE - 8;

  private final int numFeatures;
  private final double[] labels;
  // CSR: row r holds entries rowOffsets[r] .. rowOffsets[r+1]-1. Null for dense blocks.
  private final int @Nullable [] rowOffsets;
  private final int @Nullable [] columnIndices;
  // CSR values in entry order (null: all ones), or dense values row-major.
  private final double @Nullable [] values;
  // Of the examples; null: all ones.
  private final double @Nullable [] exampleWeights;

  private ExampleBlock(
      int numFeatures,
      double[] labels,
      int @Nullable [] rowOffsets,
      int @Nullable [] columnIndices,
      double @Nullable [] values,
      double @Nullable [] exampleWeights) {
    this.numFeatures = numFeatures;
    this.labels = labels;
    this.rowOffsets = rowOffsets;
    this.columnIndices = columnIndices;
    this.values = values;
    this.exampleWeights = exampleWeights;
  }

  /**
   * CSR block.
   *
   * @param rowOffsets n+1 ascending positions into {@code columnIndices}, the first 0
   * @param columnIndices 0-based, ascending within a row, each below {@code numFeatures}
   * @param values one per column index; {@code null} or all ones means implicit ones
   * @throws IllegalArgumentException if the shapes disagree or an index is out of range
   */
  public static ExampleBlock sparse(
      int numFeatures,
      double[] labels,
      int[] rowOffsets,
      int[] columnIndices,
      double @Nullable [] values) {
    require(
        rowOffsets.length == labels.length + 1, "rowOffsets must have one entry more than labels");
    require(
        rowOffsets[0] == 0 && rowOffsets[labels.length] == columnIndices.length,
        "rowOffsets must span columnIndices");
    require(
        values == null || values.length == columnIndices.length,
        "values and columnIndices differ in length");
    for (int r = 0; r < labels.length; r++) {
      require(rowOffsets[r] <= rowOffsets[r + 1], "rowOffsets must ascend");
    }
    for (int r = 0; r < labels.length; r++) {
      int previous = -1;
      for (int e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
        int column = columnIndices[e];
        require(
            column > previous && column < numFeatures,
            "column indices must ascend and stay below numFeatures");
        previous = column;
      }
    }
    return new ExampleBlock(
        numFeatures, labels, rowOffsets, columnIndices, allOnes(values) ? null : values, null);
  }

  /** {@link #sparse} with shapes and order known to be right; nothing is looked at. */
  static ExampleBlock compact(
      int numFeatures,
      double[] labels,
      int[] rowOffsets,
      int[] columnIndices,
      double @Nullable [] values) {
    return new ExampleBlock(numFeatures, labels, rowOffsets, columnIndices, values, null);
  }

  /**
   * Dense row-major block.
   *
   * @param values n*d numbers, row after row
   * @throws IllegalArgumentException if the shapes disagree
   */
  public static ExampleBlock dense(int numFeatures, double[] labels, double[] values) {
    require(
        values.length == (long) labels.length * numFeatures,
        "values must hold numRows * numFeatures numbers");
    return new ExampleBlock(numFeatures, labels, null, null, values, null);
  }

  /**
   * The same examples with weights c_i, in loss and gradient factors of their examples. For means
   * to be means over n examples, c_i has to have mean 1 over a training set.
   *
   * @param newWeights one per row, finite and not negative; {@code null} or all ones means none
   * @throws IllegalArgumentException if there are more or fewer, or one is negative or not finite
   */
  public ExampleBlock withWeights(double @Nullable [] newWeights) {
    if (newWeights != null) {
      require(newWeights.length == labels.length, "one weight per example is needed");
      for (double weight : newWeights) {
        require(
            weight >= 0 && weight <= Double.MAX_VALUE, "weights must be finite and not negative");
      }
    }
    return new ExampleBlock(
        numFeatures,
        labels,
        rowOffsets,
        columnIndices,
        values,
        allOnes(newWeights) ? null : newWeights);
  }

  /** The same examples with every weight c_i multiplied by {@code factor}. */
  public ExampleBlock scaleWeights(double factor) {
    double[] scaled = new double[labels.length];
    for (int r = 0; r < scaled.length; r++) {
      scaled[r] = factor * weight(r);
    }
    return withWeights(scaled);
  }

  /**
   * The same examples with other labels.
   *
   * @throws IllegalArgumentException if there are more or fewer
   */
  public ExampleBlock withLabels(double[] newLabels) {
    require(newLabels.length == labels.length, "one label per example is needed");
    return new ExampleBlock(
        numFeatures, newLabels, rowOffsets, columnIndices, values, exampleWeights);
  }

  /** No rows, {@code numFeatures} columns. */
  public static ExampleBlock empty(int numFeatures) {
    return new ExampleBlock(numFeatures, new double[0], new int[] {0}, new int[0], null, null);
  }

  /**
   * The rows of all blocks, in order. All blocks must have the same number of features and the same
   * layout.
   */
  public static ExampleBlock concat(List<ExampleBlock> blocks) {
    require(!blocks.isEmpty(), "no blocks");
    if (blocks.size() == 1) {
      return blocks.get(0);
    }
    BlockBuilder builder = new BlockBuilder(blocks.get(0).numFeatures);
    for (ExampleBlock block : blocks) {
      require(block.numFeatures == builder.numFeatures(), "blocks differ in numFeatures");
      for (int r = 0; r < block.numRows(); r++) {
        builder.addRowOf(block, r);
      }
    }
    return builder.build();
  }

  /**
   * Row {@code rowOf[i]} of block {@code sourceOf[i]}, for each i in order: rows picked from many
   * blocks in one copy.
   *
   * @param dense layout of the result; needs numRows * numFeatures numbers then
   * @throws ArithmeticException if there are more than {@link #MAX_ENTRIES} entries
   */
  public static ExampleBlock gather(
      int numFeatures, List<ExampleBlock> sources, int[] sourceOf, int[] rowOf, boolean dense) {
    int numRows = rowOf.length;
    double[] labels = new double[numRows];
    double[] gathered = new double[numRows];
    int[] rowOffsets = new int[numRows + 1];
    boolean ones = true;
    for (int i = 0; i < numRows; i++) {
      ExampleBlock source = sources.get(sourceOf[i]);
      labels[i] = source.labels[rowOf[i]];
      gathered[i] = source.weight(rowOf[i]);
      ones &= source.values == null;
      long end = (long) rowOffsets[i] + (dense ? numFeatures : source.rowLength(rowOf[i]));
      if (end > MAX_ENTRIES) {
        throw new ArithmeticException("more than " + MAX_ENTRIES + " entries in one block");
      }
      rowOffsets[i + 1] = (int) end;
    }
    int numEntries = rowOffsets[numRows];
    double[] values = new double[ones && !dense ? 0 : numEntries];
    int[] columns = new int[dense ? 0 : numEntries];
    for (int i = 0; i < numRows; i++) {
      ExampleBlock source = sources.get(sourceOf[i]);
      int row = rowOf[i];
      int length = source.rowLength(row);
      int start = rowOffsets[i];
      if (dense) {
        for (int k = 0; k < length; k++) {
          values[start + source.columnAt(row, k)] = source.valueAt(row, k);
        }
      } else {
        for (int k = 0; k < length; k++) {
          columns[start + k] = source.columnAt(row, k);
        }
        for (int k = 0; k < length && !ones; k++) {
          values[start + k] = source.valueAt(row, k);
        }
      }
    }
    ExampleBlock block =
        dense
            ? dense(numFeatures, labels, values)
            : sparse(numFeatures, labels, rowOffsets, columns, ones ? null : values);
    return block.withWeights(gathered);
  }

  public int numRows() {
    return labels.length;
  }

  public int numFeatures() {
    return numFeatures;
  }

  /** Stored entries: CSR entries, or n*d for a dense block. */
  public long numStored() {
    return columnIndices == null ? (long) labels.length * numFeatures : columnIndices.length;
  }

  public boolean isDense() {
    return columnIndices == null;
  }

  public boolean hasImplicitOnes() {
    return values == null;
  }

  public double label(int row) {
    return labels[row];
  }

  /** c_i, the weight of an example; 1 where none were given. */
  public double weight(int row) {
    return exampleWeights == null ? 1 : exampleWeights[row];
  }

  public boolean hasWeights() {
    return exampleWeights != null;
  }

  /** Score of a row: w·x. {@code weights} may be longer than {@code numFeatures}. */
  public double dot(int row, double[] weights) {
    if (columnIndices == null || rowOffsets == null) {
      return BLAS.getInstance()
          .ddot(numFeatures, denseValues(), row * numFeatures, 1, weights, 0, 1);
    }
    int e = rowOffsets[row];
    int end = rowOffsets[row + 1];
    // Four sums side by side: one addition need not wait for the one before.
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    if (values == null) {
      for (; e < end - 3; e += 4) {
        s0 += weights[columnIndices[e]];
        s1 += weights[columnIndices[e + 1]];
        s2 += weights[columnIndices[e + 2]];
        s3 += weights[columnIndices[e + 3]];
      }
      for (; e < end; e++) {
        s0 += weights[columnIndices[e]];
      }
    } else {
      for (; e < end - 3; e += 4) {
        s0 += values[e] * weights[columnIndices[e]];
        s1 += values[e + 1] * weights[columnIndices[e + 1]];
        s2 += values[e + 2] * weights[columnIndices[e + 2]];
        s3 += values[e + 3] * weights[columnIndices[e + 3]];
      }
      for (; e < end; e++) {
        s0 += values[e] * weights[columnIndices[e]];
      }
    }
    return s0 + s1 + (s2 + s3);
  }

  /**
   * Scores of the rows from..to: {@code scores[k]} ← w·x of row {@code from + k}. {@code weights}
   * may be longer than {@code numFeatures}.
   */
  public void scores(int from, int to, double[] weights, double[] scores) {
    if (columnIndices == null && numFeatures > 0) {
      BLAS.getInstance()
          .dgemv(
              "T",
              numFeatures,
              to - from,
              1,
              denseValues(),
              from * numFeatures,
              numFeatures,
              weights,
              0,
              1,
              0,
              scores,
              0,
              1);
      return;
    }
    for (int row = from; row < to; row++) {
      scores[row - from] = dot(row, weights);
    }
  }

  /** target += Σ_k scales[k] * x of row {@code from + k}, over the rows from..to. */
  public void addRows(int from, int to, double[] scales, double[] target) {
    if (columnIndices == null && numFeatures > 0) {
      BLAS.getInstance()
          .dgemv(
              "N",
              numFeatures,
              to - from,
              1,
              denseValues(),
              from * numFeatures,
              numFeatures,
              scales,
              0,
              1,
              1,
              target,
              0,
              1);
      return;
    }
    for (int row = from; row < to; row++) {
      double scale = scales[row - from];
      if (scale != 0) {
        addRow(row, scale, target);
      }
    }
  }

  /** target += scale * x. {@code target} may be longer than {@code numFeatures}. */
  public void addRow(int row, double scale, double[] target) {
    if (columnIndices == null || rowOffsets == null) {
      double[] dense = denseValues();
      int start = row * numFeatures;
      for (int j = 0; j < numFeatures; j++) {
        target[j] += scale * dense[start + j];
      }
      return;
    }
    // Local, so that the compiler knows that writing the target does not change them.
    int[] columns = columnIndices;
    int end = rowOffsets[row + 1];
    if (values == null) {
      for (int e = rowOffsets[row]; e < end; e++) {
        target[columns[e]] += scale;
      }
    } else {
      for (int e = rowOffsets[row]; e < end; e++) {
        target[columns[e]] += scale * values[e];
      }
    }
  }

  /**
   * Products of a row with a matrix: into[at + p] += Σ_j x_j weights[j·width + p] for p &lt; width.
   */
  public void addProducts(int row, double[] weights, int width, double[] into, int at) {
    // Local, so that the compiler knows that writing does not change them.
    int[] columns = columnIndices;
    double[] entries = values;
    int start = rowOffsets == null ? row * numFeatures : rowOffsets[row];
    int length = rowLength(row);
    for (int k = 0; k < length; k++) {
      double x = entries == null ? 1 : entries[start + k];
      if (x != 0) {
        int from = (columns == null ? k : columns[start + k]) * width;
        for (int p = 0; p < width; p++) {
          into[at + p] += x * weights[from + p];
        }
      }
    }
  }

  /**
   * The same for a part of the matrix's columns, {@code from <= p < to}, of a sparse block; {@code
   * at} is where the row's product has its column 0.
   */
  public void addProducts(
      int row, double[] weights, int width, int from, int to, double[] into, int at) {
    int[] columns = columnIndices;
    int[] offsets = rowOffsets;
    if (columns == null || offsets == null) {
      throw new IllegalStateException("a dense block's rows are multiplied by BLAS");
    }
    ROWS.add(
        columns,
        values,
        offsets[row],
        offsets[row + 1],
        weights,
        from,
        width,
        into,
        at + from,
        to - from);
  }

  /** The transposed of {@link #addProducts}: target[j·width + p] += x_j factors[at + p]. */
  public void addOuter(int row, double[] factors, int at, int width, double[] target) {
    int[] columns = columnIndices;
    double[] entries = values;
    int start = rowOffsets == null ? row * numFeatures : rowOffsets[row];
    int length = rowLength(row);
    for (int k = 0; k < length; k++) {
      double x = entries == null ? 1 : entries[start + k];
      if (x != 0) {
        int from = (columns == null ? k : columns[start + k]) * width;
        for (int p = 0; p < width; p++) {
          target[from + p] += x * factors[at + p];
        }
      }
    }
  }

  /**
   * Moves sums to a target: for each feature j that the row stores, {@code target[j] += scale *
   * sums[j]} and {@code sums[j] = 0}, so that a feature of several rows is moved once.
   */
  public void moveRow(int row, double scale, double[] sums, double[] target) {
    int[] columns = columnIndices;
    int[] offsets = rowOffsets;
    if (columns == null || offsets == null) {
      for (int j = 0; j < numFeatures; j++) {
        target[j] += scale * sums[j];
        sums[j] = 0;
      }
      return;
    }
    int end = offsets[row + 1];
    for (int e = offsets[row]; e < end; e++) {
      int column = columns[e];
      double sum = sums[column];
      if (sum != 0) {
        target[column] += scale * sum;
        sums[column] = 0;
      }
    }
  }

  /** Number of stored entries of a row. */
  public int rowLength(int row) {
    return rowOffsets == null ? numFeatures : rowOffsets[row + 1] - rowOffsets[row];
  }

  /** Column of the k-th stored entry of a row. */
  public int columnAt(int row, int k) {
    return columnIndices == null || rowOffsets == null ? k : columnIndices[rowOffsets[row] + k];
  }

  /** Value of the k-th stored entry of a row. */
  public double valueAt(int row, int k) {
    if (rowOffsets == null) {
      return denseValues()[row * numFeatures + k];
    }
    return values == null ? 1 : values[rowOffsets[row] + k];
  }

  /** Copies the values of a row of a dense block to a place in an array. */
  public void copyDenseRow(int row, double[] into, int at) {
    System.arraycopy(denseValues(), row * numFeatures, into, at, numFeatures);
  }

  /**
   * Copies a row's columns, and its values unless {@code toValues} is null, to a place in arrays.
   */
  void copyRow(int row, int[] toColumns, double @Nullable [] toValues, int at) {
    int length = rowLength(row);
    int start = rowOffsets == null ? row * numFeatures : rowOffsets[row];
    if (columnIndices == null) {
      for (int k = 0; k < length; k++) {
        toColumns[at + k] = k;
      }
    } else {
      System.arraycopy(columnIndices, start, toColumns, at, length);
    }
    if (toValues != null && values != null) {
      System.arraycopy(values, start, toValues, at, length);
    }
  }

  /** ‖x‖² of a row. */
  public double squaredNorm(int row) {
    double sum = 0;
    int length = rowLength(row);
    for (int k = 0; k < length; k++) {
      double v = valueAt(row, k);
      sum += v * v;
    }
    return sum;
  }

  /** counts[j] += number of rows that store column j. */
  public void countStored(int[] counts) {
    for (int r = 0; r < numRows(); r++) {
      int length = rowLength(r);
      for (int k = 0; k < length; k++) {
        counts[columnAt(r, k)]++;
      }
    }
  }

  /** The same examples with every stored value of column j multiplied by {@code factors[j]}. */
  public ExampleBlock scaleColumns(double[] factors) {
    double[] scaled = new double[Math.toIntExact(numStored())];
    int next = 0;
    for (int r = 0; r < numRows(); r++) {
      int length = rowLength(r);
      for (int k = 0; k < length; k++) {
        scaled[next++] = valueAt(r, k) * factors[columnAt(r, k)];
      }
    }
    ExampleBlock block =
        columnIndices == null || rowOffsets == null
            ? dense(numFeatures, labels, scaled)
            : sparse(numFeatures, labels, rowOffsets, columnIndices, scaled);
    return block.withWeights(exampleWeights);
  }

  /**
   * The same examples over {@code features.length} columns, column k standing for feature {@code
   * features[k]}. Shares all but the column numbers with this block.
   *
   * @param features ascending
   * @throws IllegalArgumentException if a row stores a feature that is not among them, or the block
   *     is dense
   */
  public ExampleBlock withColumns(int[] features) {
    if (columnIndices == null || rowOffsets == null) {
      throw new IllegalArgumentException("a dense block stores every feature");
    }
    int[] columns = new int[columnIndices.length];
    for (int e = 0; e < columns.length; e++) {
      columns[e] = Arrays.binarySearch(features, columnIndices[e]);
      require(columns[e] >= 0, "a row stores a feature that has no column");
    }
    return new ExampleBlock(features.length, labels, rowOffsets, columns, values, exampleWeights);
  }

  private double[] denseValues() {
    if (values == null) {
      throw new IllegalStateException("dense block without values");
    }
    return values;
  }

  private static boolean allOnes(double @Nullable [] values) {
    return values == null || Arrays.stream(values).allMatch(v -> v == 1.0);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
