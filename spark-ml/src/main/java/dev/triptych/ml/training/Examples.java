package dev.triptych.ml.training;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.TrainingData;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.feature.Instance;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.util.DatasetUtils$;
import org.apache.spark.sql.Dataset;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * The labelled, weighted rows of a {@code Dataset} as blocks. MLlib itself reads and checks the
 * columns, so bad labels, weights and vectors are told in its words. Rows are kept while this is
 * open unless the data set is cached anyway.
 */
public final class Examples implements AutoCloseable {
  private static final int ROWS_AT_ONCE = 4096;
  private static final int ENTRIES_AT_ONCE = 1 << 20;
  private static final int TREE_DEPTH = 2;

  private final JavaRDD<ExampleBlock> blocks;
  private @Nullable TrainingData dealt;

  private Examples(JavaRDD<ExampleBlock> blocks) {
    this.blocks = blocks;
  }

  /**
   * Reads the columns that the estimator names.
   *
   * @param numClasses how many classes the labels may have; null when the labels show it, or are
   *     numbers
   */
  public static Examples of(
      PredictorParams estimator, Dataset<?> dataset, @Nullable Integer numClasses) {
    JavaRDD<ExampleBlock> blocks =
        DatasetUtils$.MODULE$
            .extractInstances(estimator, dataset, Option.apply(numClasses))
            .toJavaRDD()
            .mapPartitions(Blocks::new)
            .setName("examples of " + estimator.uid());
    if (dataset.storageLevel().equals(StorageLevel.NONE())) {
      blocks.persist(StorageLevel.MEMORY_AND_DISK());
    }
    return new Examples(blocks);
  }

  /**
   * Looks at all rows once.
   *
   * @param classes whether labels are classes 0, 1, …
   * @throws IllegalArgumentException if there are none, in MLlib's words
   */
  public Facts facts(boolean classes) {
    JavaRDD<Facts> each =
        blocks.mapPartitions(
            rows -> {
              Facts facts = null;
              while (rows.hasNext()) {
                ExampleBlock block = rows.next();
                facts =
                    (facts == null ? new Facts(block.numFeatures(), classes) : facts).add(block);
              }
              return facts == null ? Collections.emptyIterator() : one(facts);
            });
    if (each.isEmpty()) {
      throw new IllegalArgumentException(
          "requirement failed: Nothing has been added to this summarizer.");
    }
    return each.treeReduce(Facts::merge, TREE_DEPTH);
  }

  private static <T> Iterator<T> one(T value) {
    return List.of(value).iterator();
  }

  /** Workers as asked for, else as many as Spark runs side by side, at most one per example. */
  int numWorkers(ModeParams<?> params, long numRows) {
    return params.isDefined(params.numWorkers())
        ? params.getNumWorkers()
        : (int) Math.min(numRows, Math.max(1, blocks.context().defaultParallelism()));
  }

  /**
   * Deals the rows to the workers, with the weights scaled to a mean of 1.
   *
   * @param factors what feature j is multiplied with, length d
   * @param labels how labels become the model's
   */
  TrainingData deal(Facts facts, int numWorkers, long seed, double[] factors, Labels labels) {
    double weightScale = facts.numRows() / facts.weightSum();
    JavaRDD<ExampleBlock> ready =
        blocks.map(block -> labels.of(block).scaleColumns(factors).scaleWeights(weightScale));
    TrainingData data =
        DataLoader.fromRdd(
            ready,
            LoadOptions.of(numWorkers, seed, labels.kind).withNumFeatures(facts.numFeatures()));
    dealt = data;
    return data;
  }

  /** Lets Spark forget the rows. */
  @Override
  public void close() {
    blocks.unpersist(false);
    TrainingData data = dealt;
    if (data != null) {
      data.blocks().unpersist(false);
      data.compact().unpersist(false);
    }
  }

  /** What a label of the data set is to the model. */
  public enum Labels {
    /** Classes 0 and 1 become −1 and +1. */
    SIGNS(LabelKind.BINARY),
    /** Classes stay. */
    CLASSES(LabelKind.CLASS),
    /** Numbers stay. */
    NUMBERS(LabelKind.REAL);

    private final LabelKind kind;

    Labels(LabelKind kind) {
      this.kind = kind;
    }

    ExampleBlock of(ExampleBlock block) {
      if (this != SIGNS) {
        return block;
      }
      double[] signs = new double[block.numRows()];
      for (int r = 0; r < signs.length; r++) {
        signs[r] = block.label(r) > 0 ? 1 : -1;
      }
      return block.withLabels(signs);
    }
  }

  /** Packs the rows of a partition into blocks. */
  private static final class Blocks implements Iterator<ExampleBlock> {
    private final Iterator<Instance> rows;

    Blocks(Iterator<Instance> rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public ExampleBlock next() {
      if (!rows.hasNext()) {
        throw new NoSuchElementException();
      }
      Instance row = rows.next();
      int numFeatures = row.features().size();
      BlockBuilder builder = new BlockBuilder(numFeatures);
      add(builder, row);
      while (builder.numRows() < ROWS_AT_ONCE
          && builder.numEntries() < ENTRIES_AT_ONCE
          && rows.hasNext()) {
        Instance next = rows.next();
        if (next.features().size() != numFeatures) {
          // In MLlib's words.
          throw new IllegalArgumentException(
              "requirement failed: Dimensions mismatch when adding new sample. Expecting "
                  + numFeatures
                  + " but got "
                  + next.features().size()
                  + ".");
        }
        add(builder, next);
      }
      return builder.build();
    }

    /** Zeros are not stored, unless most of a dense row is something else. */
    private static void add(BlockBuilder builder, Instance row) {
      Vector features = row.features();
      double[] values =
          features instanceof DenseVector d ? d.values() : ((SparseVector) features).values();
      int[] indices = features instanceof SparseVector s ? s.indices() : null;
      int numNonZeros = 0;
      for (double value : values) {
        if (value != 0) {
          numNonZeros++;
        }
      }
      if (indices == null && numNonZeros > values.length / 2) {
        builder.addDense(row.label(), values);
      } else {
        int[] columns = new int[numNonZeros];
        double[] stored = new double[numNonZeros];
        int next = 0;
        for (int k = 0; k < values.length; k++) {
          if (values[k] != 0) {
            columns[next] = indices == null ? k : indices[k];
            stored[next++] = values[k];
          }
        }
        builder.addSparse(row.label(), columns, stored, numNonZeros);
      }
      builder.weigh(row.weight());
    }
  }
}
