package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Loads (user, item, rating) tables such as MovieLens' {@code ratings.csv}: the column {@code
 * rating} (or the one that is asked for) is the label, the first two others are the numbers of user
 * and item, further ones are left out. A share of the ratings is held out for testing; which ones
 * is a function of (seed, user, item) only.
 */
public final class RatingsLoader {
  private static final String RATING = "rating";

  private RatingsLoader() {}

  /**
   * @param testShare of the ratings that are held out, in [0, 1)
   * @throws InvalidInputException files as in {@link DataLoader}, less than two columns beside the
   *     rating, users or items that are no whole numbers from 0 to 2147483647
   */
  public static Ratings load(
      SparkSession spark, DataSource source, LoadOptions options, double testShare) {
    return DataLoader.reportingBadInput(() -> read(spark, source, options, testShare));
  }

  private static Ratings read(
      SparkSession spark, DataSource source, LoadOptions options, double testShare) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    String column = options.labelColumn();
    DataLoader.Input input =
        DataLoader.Input.open(
            spark,
            source,
            options.withNumFeatures(null).withLabelColumn(column == null ? RATING : column),
            null);
    return encoded(context, input, null, options, testShare);
  }

  /**
   * Makes ratings 0 to {@code numRows} − 1 for training and the next {@code numTestRows} for
   * testing, in parallel.
   *
   * @param generator of rows of two values, the numbers of user and item, with the rating as label
   * @throws InvalidInputException as for files
   */
  public static Ratings generate(
      JavaSparkContext spark,
      ExampleGenerator generator,
      long numRows,
      long numTestRows,
      LoadOptions options) {
    return DataLoader.reportingBadInput(
        () -> {
          DataLoader.Input train =
              DataLoader.Input.of(DataLoader.generated(spark, generator, 0, numRows));
          DataLoader.Input test =
              numTestRows == 0
                  ? null
                  : DataLoader.Input.of(
                      DataLoader.generated(spark, generator, numRows, numRows + numTestRows));
          return encoded(spark, train, test, options, 0);
        });
  }

  /** Two-hot examples; without a test set of its own a share of the ratings is held out. */
  private static Ratings encoded(
      JavaSparkContext context,
      DataLoader.Input input,
      DataLoader.@Nullable Input testInput,
      LoadOptions options,
      double testShare) {
    JavaRDD<Chunk> chunks = input.chunks().persist(StorageLevel.MEMORY_AND_DISK());
    JavaRDD<Chunk> testChunks = testInput == null ? null : testInput.chunks();
    Broadcast<Numbers> shared = null;
    try {
      if (input.check(ChunkIndex.of(chunks)).numFeatures() < 2) {
        throw new InvalidInputException(
            input.name() + ": expected columns of user and item beside the rating");
      }
      Numbers numbers = numbers(chunks);
      if (testChunks != null) {
        numbers = numbers.merge(numbers(testChunks));
      }
      if (!numbers.areWhole) {
        throw new InvalidInputException(
            input.name()
                + ": expected users and items that are whole numbers from 0 to "
                + Integer.MAX_VALUE);
      }
      shared = context.broadcast(numbers);
      int numFeatures = Math.addExact(numbers.users.length, numbers.items.length);
      LoadOptions twoHot = options.withNumFeatures(numFeatures).withScale(Scale.NONE);
      long seed = options.seed();
      JavaRDD<ExampleBlock> train = twoHot(chunks, shared, seed, testShare, false);
      JavaRDD<ExampleBlock> test =
          testChunks != null
              ? twoHot(testChunks, shared, seed, 0, false)
              : testShare > 0 ? twoHot(chunks, shared, seed, testShare, true) : null;
      TrainingData data =
          test == null
              ? DataLoader.fromRdd(train, twoHot)
              : DataLoader.fromRdd(train, test, twoHot);
      double sum = data.blocks().map(RatingsLoader::labelSum).reduce(Double::sum);
      return new Ratings(data, numbers.users, numbers.items, sum / data.numRows());
    } finally {
      chunks.unpersist(false);
      if (shared != null) {
        shared.destroy();
      }
    }
  }

  private static Numbers numbers(JavaRDD<Chunk> chunks) {
    return chunks.map(chunk -> Numbers.of(chunk.block)).treeReduce(Numbers::merge);
  }

  private static double labelSum(ExampleBlock block) {
    double sum = 0;
    for (int r = 0; r < block.numRows(); r++) {
      sum += block.label(r);
    }
    return sum;
  }

  private static JavaRDD<ExampleBlock> twoHot(
      JavaRDD<Chunk> chunks, Broadcast<Numbers> numbers, long seed, double share, boolean test) {
    return chunks
        .map(chunk -> twoHot(chunk.block, numbers.value(), seed, share, test))
        .filter(block -> block.numRows() > 0);
  }

  private static ExampleBlock twoHot(
      ExampleBlock ratings, Numbers numbers, long seed, double share, boolean test) {
    int numUsers = numbers.users.length;
    int count = 0;
    double[] labels = new double[ratings.numRows()];
    int[] columns = new int[2 * labels.length];
    for (int r = 0; r < ratings.numRows(); r++) {
      int user = (int) number(ratings, r, 0);
      int item = (int) number(ratings, r, 1);
      if (isHeldOut(seed, user, item, share) == test) {
        columns[2 * count] = Arrays.binarySearch(numbers.users, user);
        columns[2 * count + 1] = numUsers + Arrays.binarySearch(numbers.items, item);
        labels[count] = ratings.label(r);
        count++;
      }
    }
    int[] offsets = new int[count + 1];
    for (int r = 0; r <= count; r++) {
      offsets[r] = 2 * r;
    }
    return ExampleBlock.sparse(
        numUsers + numbers.items.length,
        Arrays.copyOf(labels, count),
        offsets,
        Arrays.copyOf(columns, 2 * count),
        null);
  }

  /** What a rating's column says; columns with the value 0 are not stored. */
  private static double number(ExampleBlock ratings, int row, int column) {
    for (int k = 0; k < ratings.rowLength(row); k++) {
      if (ratings.columnAt(row, k) == column) {
        return ratings.valueAt(row, k);
      }
    }
    return 0;
  }

  private static boolean isHeldOut(long seed, int user, int item, double share) {
    long z = seed * 0x9E3779B97F4A7C15L + (((long) user << 32) | item);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return (z >>> 11) * 0x1p-53 < share;
  }

  /** The users and items that occur. A plain class: Kryo cannot read records. */
  private static final class Numbers implements Serializable {
    private static final long serialVersionUID = 1L;

    final int[] users;
    final int[] items;
    final boolean areWhole;

    private Numbers(int[] users, int[] items, boolean areWhole) {
      this.users = users;
      this.items = items;
      this.areWhole = areWhole;
    }

    static Numbers of(ExampleBlock ratings) {
      int[][] both = new int[2][ratings.numRows()];
      boolean whole = true;
      for (int column = 0; column < 2; column++) {
        for (int r = 0; r < ratings.numRows(); r++) {
          double number = number(ratings, r, column);
          whole &= number >= 0 && number <= Integer.MAX_VALUE && number == Math.rint(number);
          both[column][r] = (int) number;
        }
      }
      return new Numbers(distinct(both[0]), distinct(both[1]), whole);
    }

    Numbers merge(Numbers other) {
      return new Numbers(
          distinct(joined(users, other.users)),
          distinct(joined(items, other.items)),
          areWhole && other.areWhole);
    }

    private static int[] joined(int[] a, int[] b) {
      int[] both = Arrays.copyOf(a, a.length + b.length);
      System.arraycopy(b, 0, both, a.length, b.length);
      return both;
    }

    private static int[] distinct(int[] numbers) {
      return Arrays.stream(numbers).sorted().distinct().toArray();
    }
  }
}
