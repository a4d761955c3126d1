package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.CsvParser;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import dev.triptych.core.data.FeatureScaling;
import dev.triptych.core.data.FeatureStatistics;
import dev.triptych.spark.data.DataSource.Format;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Loads examples through Spark: files are read in parallel splits, the rows are dealt to the
 * workers in one shuffle, and each worker's rows become one persisted {@link ExampleBlock}. Which
 * worker gets which rows depends on (seed, order of the rows) only. Blocks are dense when more than
 * half of all values are not zero, else CSR; all blocks of one data set, the test set included,
 * have the same layout. Bad input is an {@link InvalidInputException} with one line that names
 * file, line and field.
 *
 * <p>Stateless and thread-safe.
 */
public final class DataLoader {
  private static final double DENSE_ABOVE = 0.5;
  private static final int TREE_DEPTH = 2;
  private static final int ROWS_AT_ONCE = 8192;

  private DataLoader() {}

  /**
   * @throws InvalidInputException missing or malformed files, no examples, fewer examples than
   *     workers, only zero features, a worker's share that no array holds
   */
  public static TrainingData load(SparkSession spark, DataSource source, LoadOptions options) {
    return load(spark, source, null, options);
  }

  /**
   * Loads a training and a test set; the test set is scaled by the training set's statistics, and
   * features that the training set does not have are left out of it (their weights are zero).
   *
   * @throws InvalidInputException as for the training set
   */
  public static TrainingData load(
      SparkSession spark, DataSource source, @Nullable DataSource test, LoadOptions options) {
    return reportingBadInput(
        () -> {
          Input input = Input.open(spark, source, options, null);
          if (test != null) {
            // A missing test file is told before the training set is read.
            InputFiles.resolve(test, spark.sparkContext().hadoopConfiguration());
          }
          Dealt dealt = deal(input, options);
          if (test == null) {
            return dealt.data;
          }
          Input testInput = Input.open(spark, test, options, dealt.data.numFeatures());
          return dealt.data.withTest(dealTest(testInput, options, dealt));
        });
  }

  /**
   * Deals blocks that were made in parallel (generators) to the workers, as if they were read from
   * a file in the order of their partitions. The blocks are made once.
   *
   * @throws InvalidInputException as for files
   */
  public static TrainingData fromRdd(JavaRDD<ExampleBlock> blocks, LoadOptions options) {
    return reportingBadInput(() -> deal(Input.of(blocks), options).data);
  }

  /** As {@link #fromRdd(JavaRDD, LoadOptions)}, with a test set made in the same way. */
  public static TrainingData fromRdd(
      JavaRDD<ExampleBlock> blocks, JavaRDD<ExampleBlock> test, LoadOptions options) {
    return reportingBadInput(
        () -> {
          Dealt dealt = deal(Input.of(blocks), options);
          return dealt.data.withTest(dealTest(Input.of(test), options, dealt));
        });
  }

  /**
   * Makes rows 0 to {@code numRows} − 1 for training and the next {@code numTestRows} for testing,
   * in parallel, and deals them like a file's.
   *
   * @throws InvalidInputException as for files
   */
  public static TrainingData generate(
      JavaSparkContext spark,
      ExampleGenerator generator,
      long numRows,
      long numTestRows,
      LoadOptions options) {
    JavaRDD<ExampleBlock> training = generated(spark, generator, 0, numRows);
    return numTestRows == 0
        ? fromRdd(training, options)
        : fromRdd(training, generated(spark, generator, numRows, numRows + numTestRows), options);
  }

  /** Rows {@code from} to {@code to} − 1, made in the tasks. */
  static JavaRDD<ExampleBlock> generated(
      JavaSparkContext spark, ExampleGenerator generator, long from, long to) {
    int parts =
        (int) Math.max(1, Math.min((to - from) / ROWS_AT_ONCE, 4L * spark.defaultParallelism()));
    Slices slices = new Slices(to - from, parts);
    List<Integer> numbers = new ArrayList<>();
    for (int p = 0; p < parts; p++) {
      numbers.add(p);
    }
    return spark
        .parallelize(numbers, parts)
        .flatMap(
            p -> {
              long first = from + slices.start(p);
              long end = first + slices.size(p);
              return new Iterator<ExampleBlock>() {
                private long next = first;

                @Override
                public boolean hasNext() {
                  return next < end;
                }

                @Override
                public ExampleBlock next() {
                  long start = next;
                  next = Math.min(end, start + ROWS_AT_ONCE);
                  return generator.rows(start, next);
                }
              };
            });
  }

  /**
   * Block i becomes worker i's data, as it is.
   *
   * @throws IllegalArgumentException if the blocks differ in features or layout, or one is empty
   */
  public static TrainingData fromBlocks(JavaSparkContext spark, List<ExampleBlock> blocks) {
    ExampleBlock first = blocks.get(0);
    long[] rowsPerWorker = new long[blocks.size()];
    for (int i = 0; i < rowsPerWorker.length; i++) {
      ExampleBlock block = blocks.get(i);
      rowsPerWorker[i] = block.numRows();
      if (block.numRows() == 0
          || block.numFeatures() != first.numFeatures()
          || block.isDense() != first.isDense()) {
        throw new IllegalArgumentException(
            "block " + i + " is empty, or differs from block 0 in features or layout");
      }
    }
    return persisted(spark.parallelize(blocks, blocks.size()), first.numFeatures(), rowsPerWorker);
  }

  private record Dealt(TrainingData data, boolean dense, @Nullable FeatureScaling scaling) {}

  private static Dealt deal(Input input, LoadOptions options) {
    JavaRDD<Chunk> chunks = input.chunks.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      ChunkIndex index = input.check(ChunkIndex.of(chunks));
      long numRows = index.numRows();
      int numWorkers = options.numWorkers();
      if (numRows < numWorkers) {
        throw new InvalidInputException(
            input.name
                + ": expected at least one example per worker, got "
                + numRows
                + " examples for "
                + numWorkers
                + " workers");
      }
      if (index.numEntries() == 0) {
        throw new InvalidInputException(
            input.name
                + ": expected features that are not zero, every feature of every example is");
      }
      Integer wanted = options.numFeatures();
      int numFeatures = wanted == null ? index.numFeatures() : wanted;
      if (index.numFeatures() > numFeatures) {
        throw new InvalidInputException(
            input.name
                + ": expected at most "
                + numFeatures
                + " features, got "
                + index.numFeatures());
      }
      Scaling scaling = scaling(chunks, numFeatures, options.scale());
      Slices slices = new Slices(numRows, numWorkers);
      boolean dense =
          index.numEntries() + scaling.added > DENSE_ABOVE * ((double) numRows * numFeatures)
              && slices.size(0) * (double) numFeatures <= ExampleBlock.MAX_ENTRIES;
      Placement placement =
          switch (options.partition().kind()) {
            case IID -> Placement.shuffled(numRows, options.seed());
            case BY_LABEL -> Placement.byLabel(chunks, index);
            case DIRICHLET ->
                Placement.skewed(
                    chunks, index, slices, options.partition().alpha(), options.seed());
          };
      Dealer dealer =
          new Dealer(slices, placement, index.firstRows(), numFeatures, dense, scaling.rule);
      long[] rowsPerWorker = new long[numWorkers];
      for (int w = 0; w < numWorkers; w++) {
        rowsPerWorker[w] = slices.size(w);
      }
      TrainingData data = persisted(dealer.deal(chunks), numFeatures, rowsPerWorker);
      return new Dealt(data, dense, scaling.rule);
    } finally {
      chunks.unpersist(false);
    }
  }

  private static JavaRDD<ExampleBlock> dealTest(Input input, LoadOptions options, Dealt training) {
    JavaRDD<Chunk> chunks = input.chunks.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      ChunkIndex index = input.check(ChunkIndex.of(chunks));
      int numFeatures = training.data.numFeatures();
      if (index.numFeatures() > numFeatures) {
        throw new InvalidInputException(
            input.name
                + ": expected at most "
                + numFeatures
                + " features like the training set, got "
                + index.numFeatures());
      }
      int parts = (int) Math.min(options.numWorkers(), index.numRows());
      Slices slices = new Slices(index.numRows(), parts);
      Dealer dealer =
          new Dealer(
              slices,
              Placement.inOrder(),
              index.firstRows(),
              numFeatures,
              training.dense,
              training.scaling);
      JavaRDD<ExampleBlock> blocks =
          dealer.deal(chunks).setName("test set").persist(StorageLevel.MEMORY_AND_DISK());
      blocks.count();
      return blocks;
    } finally {
      chunks.unpersist(false);
    }
  }

  /** What to do with the features, and how many zeros it turns into stored entries. */
  private record Scaling(@Nullable FeatureScaling rule, long added) {}

  private static Scaling scaling(JavaRDD<Chunk> chunks, int numFeatures, Scale scale) {
    return switch (scale.kind()) {
      case NONE -> new Scaling(null, 0);
      case FACTOR -> new Scaling(FeatureScaling.factor(numFeatures, scale.factor()), 0);
      case STANDARD -> new Scaling(FeatureScaling.standard(statistics(chunks, numFeatures)), 0);
      case MINMAX -> {
        FeatureStatistics statistics = statistics(chunks, numFeatures);
        FeatureScaling rule = FeatureScaling.minMax(statistics);
        long added = 0;
        for (int j : rule.shiftedFeatures()) {
          added += statistics.numRows() - statistics.count(j);
        }
        yield new Scaling(rule, added);
      }
    };
  }

  private static FeatureStatistics statistics(JavaRDD<Chunk> chunks, int numFeatures) {
    return chunks
        .mapPartitions(
            iterator -> {
              FeatureStatistics statistics = new FeatureStatistics(numFeatures);
              iterator.forEachRemaining(chunk -> statistics.add(chunk.block));
              return List.of(statistics).iterator();
            })
        .treeReduce(FeatureStatistics::merge, TREE_DEPTH);
  }

  private static TrainingData persisted(
      JavaRDD<ExampleBlock> dealt, int numFeatures, long[] rowsPerWorker) {
    JavaRDD<ExampleBlock> blocks =
        dealt.setName("training set").persist(StorageLevel.MEMORY_AND_DISK());
    Totals totals = blocks.map(Totals::new).treeReduce(Totals::add, TREE_DEPTH);
    long numRows = 0;
    for (long rows : rowsPerWorker) {
      numRows += rows;
    }
    return TrainingData.of(
        blocks, numFeatures, rowsPerWorker, totals.numStored, totals.squaredNorms / numRows);
  }

  /** Runs Spark jobs; a bad input found in a task arrives as it was thrown there. */
  static <T> T reportingBadInput(Supplier<T> load) {
    try {
      return load.get();
    } catch (InvalidInputException e) {
      throw e;
    } catch (Exception e) {
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
        if (cause instanceof InvalidInputException invalid) {
          throw invalid;
        }
      }
      throw e;
    }
  }

  /** Chunks and how their errors are located. */
  record Input(String name, JavaRDD<Chunk> chunks, ChunkIndex.Locator locator, String labelField) {

    static Input of(JavaRDD<ExampleBlock> blocks) {
      return new Input("data", blocks.map(Chunk::of), (file, position) -> "data", "label");
    }

    /**
     * @param trainedFeatures d of the training set when this is a test set, else null
     */
    static Input open(
        SparkSession spark,
        DataSource source,
        LoadOptions options,
        @Nullable Integer trainedFeatures) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      Configuration hadoop = context.hadoopConfiguration();
      InputFiles input = InputFiles.resolve(source, hadoop);
      Integer numFeatures = trainedFeatures == null ? options.numFeatures() : trainedFeatures;
      CsvParser.Columns columns =
          input.format() == Format.CSV
              ? TextChunks.csvColumns(input, options.labelColumn(), hadoop)
              : null;
      if (columns != null) {
        return new Input(
            name(source),
            TextChunks.csv(context, input, options.labels(), columns),
            (file, position) -> file < 0 ? name(source) : locate(input, file, position, hadoop),
            "column " + (columns.labelIndex() + 1));
      }
      boolean parquet = input.format() == Format.PARQUET;
      JavaRDD<Chunk> chunks =
          parquet
              ? ParquetChunks.read(
                  spark, input, options.labels(), numFeatures, options.labelColumn())
              : TextChunks.libsvm(
                  context, input, options.labels(), numFeatures, trainedFeatures != null);
      return new Input(
          name(source),
          chunks,
          (file, position) -> file < 0 ? name(source) : locate(input, file, position, hadoop),
          parquet ? "label" : "field 1");
    }

    private static String name(DataSource source) {
      return String.join(", ", source.paths());
    }

    /**
     * The index again, when it holds examples and no error.
     *
     * @throws InvalidInputException otherwise
     */
    ChunkIndex check(ChunkIndex index) {
      index.throwFirstError(locator, labelField);
      if (index.numRows() == 0) {
        throw new InvalidInputException(name + ": no examples (empty)");
      }
      return index;
    }

    private static String locate(InputFiles input, int file, long position, Configuration hadoop) {
      Path path = input.files().get(file).getPath();
      String shown = InputFiles.shown(path);
      if (position == Chunk.NEVER) {
        return shown;
      }
      if (input.format() == Format.PARQUET) {
        return shown + ":" + (position + 1);
      }
      try {
        return shown + ":" + TextChunks.lineNumber(path, position, hadoop);
      } catch (IOException e) {
        return shown;
      }
    }
  }
}
