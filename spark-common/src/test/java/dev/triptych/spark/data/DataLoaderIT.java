package dev.triptych.spark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.loss.Loss.LabelKind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class DataLoaderIT {
  private static SparkSession spark;

  @TempDir Path dir;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.start("org.apache.spark.serializer.JavaSerializer");
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void everyWorkerHoldsOneBlockAndNoRowIsLost() throws IOException {
    List<String> lines = numberedLines(1000);
    TrainingData data = load(write("all.libsvm", lines), real(7));

    assertThat(data.blocks().getNumPartitions()).isEqualTo(7);
    List<List<ExampleBlock>> partitions = data.blocks().glom().collect();
    assertThat(partitions).allSatisfy(p -> assertThat(p).hasSize(1));
    for (int w = 0; w < 7; w++) {
      assertThat(data.rowsPerWorker()[w])
          .isEqualTo(partitions.get(w).get(0).numRows())
          .isIn(142L, 143L);
    }
    assertThat(labels(data)).containsExactlyInAnyOrderElementsOf(numbers(1000));
    for (ExampleBlock block : data.blocks().collect()) {
      for (int r = 0; r < block.numRows(); r++) {
        assertThat(line(block, r)).isEqualTo(lines.get((int) block.label(r)));
      }
    }
  }

  @Test
  void theShuffleDependsOnTheSeedButNotOnHowTheInputWasSplit() throws IOException {
    // 3 MB in several splits, in one packed file that cannot be split, and in three files.
    List<String> lines = numberedLines(150_000);
    Path plain = write("plain.libsvm", lines);
    Path packed = writeGzip("packed.libsvm.gz", lines);
    Path folder = Files.createDirectory(dir.resolve("parts"));
    Files.write(folder.resolve("part-0"), lines.subList(0, 20_000));
    Files.write(folder.resolve("part-1"), lines.subList(20_000, 20_001));
    Files.write(folder.resolve("part-2"), lines.subList(20_001, 150_000));
    Files.write(folder.resolve("_SUCCESS"), List.of());

    List<Double> one = labels(load(plain, real(3)));
    assertThat(labels(load(packed, real(3)))).isEqualTo(one);
    assertThat(labels(load(folder, real(3)))).isEqualTo(one);
    assertThat(labels(load(dir.resolve("parts/part-*"), real(3)))).isEqualTo(one);
    LoadOptions otherSeed = LoadOptions.of(3, 8, LabelKind.REAL);
    assertThat(labels(load(plain, otherSeed))).isNotEqualTo(one);
    assertThat(one).isNotEqualTo(numbers(150_000));
  }

  @Test
  void sortedByLabelIsStableAndCutIntoSlices() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      lines.add((i % 3) + " 1:" + (i + 1));
    }
    TrainingData data =
        load(write("three.libsvm", lines), real(3).withPartition(Partition.BY_LABEL));

    List<ExampleBlock> blocks = data.blocks().collect();
    for (int w = 0; w < 3; w++) {
      for (int r = 0; r < 30; r++) {
        assertThat(blocks.get(w).label(r)).isEqualTo(w);
        assertThat(blocks.get(w).valueAt(r, 0)).isEqualTo(3 * r + w + 1);
      }
    }
  }

  @Test
  void statisticsAreThoseOfTheWholeSet() throws IOException {
    Path file =
        write("small.libsvm", List.of("+1 1:3 4:4", "-1 4:1", "-1 2:0 4:2", "", "# note", "1 6:0"));
    TrainingData data = load(file, binary(2));

    assertThat(data.numFeatures()).isEqualTo(6);
    assertThat(data.numRows()).isEqualTo(4);
    assertThat(data.numStored()).isEqualTo(4);
    assertThat(data.meanSquaredNorm()).isCloseTo((25 + 1 + 4) / 4.0, within(1e-15));
    assertThat(data.maxInverseFrequency()).isEqualTo(4);
  }

  @Test
  void zeroAndOneBecomeMinusAndPlusOne() throws IOException {
    assertThat(labels(load(write("a", List.of("0 1:1", "1 1:2", "0 1:3")), binary(1))))
        .containsExactlyInAnyOrder(-1.0, -1.0, 1.0);
  }

  @Test
  void aLabelMapRenamesLabels() throws IOException {
    Path file = write("mushrooms", List.of("1 1:1", "2 1:2", "2 1:3"));
    LabelRule rule = new LabelRule(LabelKind.BINARY, Map.of(1.0, 1.0, 2.0, -1.0));
    assertThat(labels(load(file, binary(1).withLabels(rule))))
        .containsExactlyInAnyOrder(1.0, -1.0, -1.0);
  }

  @Test
  void fewZerosMakeDenseBlocksAndManyMakeSparseOnes() throws IOException {
    TrainingData dense =
        load(write("dense", List.of("1 1:1 2:2", "-1 1:1 2:2", "1 2:5")), binary(2));
    assertThat(dense.blocks().collect()).allMatch(ExampleBlock::isDense);
    assertThat(dense.numStored()).isEqualTo(6);
    TrainingData sparse = load(write("sparse", List.of("1 1:1 9:1", "-1 1:1", "1 2:1")), binary(2));
    assertThat(sparse.blocks().collect()).allMatch(b -> !b.isDense() && b.hasImplicitOnes());
  }

  @Test
  void csvIsReadWithAndWithoutHeader() throws IOException {
    Path plain = write("plain.csv", List.of("1,0.5,2", "-1,1,0", "1,0,7"));
    assertThat(rows(load(plain, binary(1))))
        .containsExactlyInAnyOrder("1.0:[0.5, 2.0]", "-1.0:[1.0, 0.0]", "1.0:[0.0, 7.0]");
    Path named = write("named.csv", List.of("age,label,\"height\"", "3,1,4", "5,0,\"6\""));
    assertThat(rows(load(named, binary(1))))
        .containsExactlyInAnyOrder("1.0:[3.0, 4.0]", "-1.0:[5.0, 6.0]");
    Path packed = writeGzip("named.csv.gz", List.of("age,label,y", "3,7,1", "5,8,0"));
    assertThat(rows(load(packed, binary(1).withLabelColumn("y"))))
        .containsExactlyInAnyOrder("1.0:[3.0, 7.0]", "-1.0:[5.0, 8.0]");
  }

  @Test
  void parquetIsReadAsVectorsAndAsColumns() {
    StructType vectors =
        new StructType()
            .add("label", DataTypes.IntegerType)
            .add("features", SQLDataTypes.VectorType());
    List<Row> rows =
        List.of(
            RowFactory.create(1, Vectors.sparse(3, new int[] {2}, new double[] {4})),
            RowFactory.create(0, Vectors.dense(1, 0, 3)));
    String path = dir.resolve("vectors.parquet").toString();
    spark.createDataFrame(rows, vectors).write().parquet(path);
    assertThat(rows(load(Path.of(path), binary(1))))
        .containsExactlyInAnyOrder("1.0:[0.0, 0.0, 4.0]", "-1.0:[1.0, 0.0, 3.0]");

    StructType numbers =
        new StructType()
            .add("x", DataTypes.LongType)
            .add("label", DataTypes.DoubleType)
            .add("odd.name", DataTypes.FloatType);
    String columns = dir.resolve("columns.parquet").toString();
    spark
        .createDataFrame(
            List.of(RowFactory.create(3L, 1.0, 4f), RowFactory.create(5L, -1.0, null)), numbers)
        .write()
        .parquet(columns);
    assertRefused(
        Path.of(columns), binary(1), ": column odd.name: expected a finite number, got null");
    assertRefused(
        Path.of(columns),
        binary(1).withLabelColumn("target"),
        "expected a column \"target\", got x, label, odd.name");
    String good = dir.resolve("good.parquet").toString();
    spark
        .createDataFrame(
            List.of(RowFactory.create(3L, 1.0, 4f), RowFactory.create(5L, -1.0, 6f)), numbers)
        .write()
        .parquet(good);
    assertThat(rows(load(Path.of(good), binary(1))))
        .containsExactlyInAnyOrder("1.0:[3.0, 4.0]", "-1.0:[5.0, 6.0]");
  }

  @Test
  void theTestSetIsScaledByTheTrainingSetAndHasItsFeatures() throws IOException {
    Path train = write("train", List.of("1 1:2 2:10", "-1 1:4 2:30", "1 1:6 2:20"));
    Path test = write("test", List.of("1 1:4 2:50 9:1", "-1 2:10"));
    TrainingData data =
        DataLoader.load(
            spark,
            DataSource.of(train.toString()),
            DataSource.of(test.toString()),
            binary(2).withScale(Scale.MINMAX));

    assertThat(rows(data))
        .containsExactlyInAnyOrder("1.0:[0.0, 0.0]", "-1.0:[0.5, 1.0]", "1.0:[1.0, 0.5]");
    assertThat(data.test().collect().stream().flatMap(b -> rows(b).stream()))
        .containsExactly("1.0:[0.5, 2.0]", "-1.0:[-0.5, 0.0]");
  }

  @Test
  void standardScalingGivesUnitDeviationAndKeepsZeros() throws IOException {
    TrainingData data =
        load(
            write("s", List.of("1 3:2", "-1 4:7", "1 3:4", "-1 4:7 9:1")),
            binary(1).withScale(Scale.STANDARD));
    ExampleBlock block = data.blocks().first();
    double[] x = new double[4];
    for (int r = 0; r < 4; r++) {
      for (int k = 0; k < block.rowLength(r); k++) {
        x[r] += block.columnAt(r, k) == 2 ? block.valueAt(r, k) : 0;
      }
    }
    double mean = Arrays.stream(x).sum() / 4;
    assertThat(Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / 3)
        .isCloseTo(1, within(1e-12));
    assertThat(data.numStored()).isEqualTo(5);
    assertThat(
            rows(load(write("f", List.of("1 1:255")), binary(1).withScale(Scale.parse("1/255")))))
        .containsExactly("1.0:[1.0]");
  }

  @Test
  void aBadLineIsNamedInPlainPackedAndLaterFiles() throws IOException {
    List<String> lines = numberedLines(120_000);
    lines.set(110_000, "5 3:1 2:1");
    assertRefused(
        write("plain", lines),
        real(2),
        "/plain:110001: field 3: expected an index above 3 (indices ascend), got \"2:1\"");
    assertRefused(
        writeGzip("packed.gz", lines),
        real(2),
        "/packed.gz:110001: field 3: expected an index above 3");
    Path folder = Files.createDirectory(dir.resolve("folder"));
    Files.write(folder.resolve("a"), List.of("1 1:1"));
    Files.write(
        folder.resolve("b"), "1 1:1\r\n# c\r\n\r\n1 x:1\r\n".getBytes(StandardCharsets.UTF_8));
    assertRefused(folder, real(1), "/folder/b:4: field 2: expected index:value, got \"x:1\"");
    assertRefused(
        write("odd [1],{name}?.txt", List.of("1 0:1")),
        real(1),
        "odd [1],{name}?.txt:1: field 2: expected an index of at least 1, got \"0:1\"");
    assertRefused(
        write("t.csv", List.of("label,age", "", "1,x")),
        binary(1),
        "/t.csv:3: column 2 (age): expected a finite number, got \"x\"");
    assertRefused(
        write("u.csv", List.of("1,2,3", "1,2")), binary(1), "/u.csv:2: expected 3 columns, got 2");
    assertRefused(
        write("range", List.of("1 1:1", "1 4:1")),
        binary(1).withNumFeatures(3),
        "/range:2: field 2: expected an index of at most 3, got \"4:1\"");
  }

  @Test
  void labelsOutsideTheProblemAreNamed() throws IOException {
    assertRefused(
        write("two", List.of("1 1:1", "2 1:1")),
        binary(1),
        "/two:2: field 1: expected a label -1 or +1 (or 0 and 1), got \"2\"");
    assertRefused(
        write("mixed", List.of("1 1:1", "0 1:1", "-1 1:1")),
        binary(1),
        "/mixed:3: field 1: expected labels 0 and 1 only or -1 and +1 only in one file, got"
            + " \"-1\"");
    List<String> far =
        new ArrayList<>(
            numberedLines(150_000).stream().map(l -> "1" + l.substring(l.indexOf(' '))).toList());
    far.set(10, "-1 1:1");
    far.set(149_000, "0 1:1");
    assertRefused(
        write("far", far),
        binary(1),
        "/far:149001: field 1: expected labels 0 and 1 only or -1 and +1 only in one file, got"
            + " \"0\"");
  }

  @Test
  void unusableDataIsRefusedInOneLine() throws IOException {
    assertRefused(dir.resolve("nowhere"), binary(1), "/nowhere: no such file or folder");
    assertRefused(write("empty", List.of()), binary(1), ": no examples (empty)");
    assertRefused(write("blank", List.of("", "# nothing")), binary(1), ": no examples (empty)");
    assertRefused(
        Files.createDirectory(dir.resolve("hollow")),
        binary(1),
        ": expected data files, found none");
    assertRefused(
        write("few", List.of("1 1:1")),
        binary(2),
        "expected at least one example per worker, got 1 examples for 2 workers");
    assertRefused(
        write("zero", List.of("1", "-1 3:0")), binary(1), "expected features that are not zero");
    byte[] packed = Files.readAllBytes(writeGzip("whole.gz", numberedLines(50_000)));
    Path cut = Files.write(dir.resolve("cut.gz"), Arrays.copyOf(packed, packed.length / 2));
    assertRefused(cut, real(1), "/cut.gz: cannot be read: ");
    Path fake = Files.writeString(dir.resolve("fake.gz"), "1 1:1\n");
    assertRefused(fake, real(1), "/fake.gz: cannot be read: ");
    assertRefused(
        write("fake.parquet", List.of("1 1:1")), binary(1), "/fake.parquet: cannot be read: ");
    Path folder = Files.createDirectory(dir.resolve("broken.parquet"));
    StructType schema =
        new StructType().add("label", DataTypes.DoubleType).add("x", DataTypes.DoubleType);
    spark
        .createDataFrame(List.of(RowFactory.create(1.0, 2.0)), schema)
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(folder.toString());
    Files.writeString(folder.resolve("zzz.parquet"), "PAR1 and then nothing that makes sense PAR1");
    assertRefused(folder, binary(1), "cannot be read: ");
    assertRefused(Path.of("nofs:/x"), binary(1), "cannot be read: No FileSystem for scheme");
  }

  @Test
  void blocksMadeOnSparkAreDealtLikeAFile() {
    SplittableRandom random = new SplittableRandom(5);
    List<ExampleBlock> made = new ArrayList<>();
    for (int b = 0; b < 5; b++) {
      double[] x = random.doubles(40).toArray();
      made.add(ExampleBlock.dense(4, new double[] {b, b, b, b, b, b, b, b, b, b}, x));
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    TrainingData dealt = DataLoader.fromRdd(context.parallelize(made, 3), real(4));
    assertThat(dealt.rowsPerWorker()).containsExactly(13, 13, 12, 12);
    assertThat(dealt.blocks().collect()).allMatch(ExampleBlock::isDense);
    assertThat(labels(DataLoader.fromRdd(context.parallelize(made, 1), real(4))))
        .isEqualTo(labels(dealt));

    TrainingData same = DataLoader.fromBlocks(context, made);
    assertThat(same.blocks().glom().collect()).hasSize(5).allSatisfy(p -> assertThat(p).hasSize(1));
    assertThat(same.blocks().collect().get(3).label(0)).isEqualTo(3);
  }

  @Test
  void generatedRowsAreAllMadeWhateverTheirNumber() {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    TrainingData data = DataLoader.generate(context, new Counting(), 40_001, 7, real(3));
    assertThat(labels(data)).containsExactlyInAnyOrderElementsOf(numbers(40_001));
    assertThat(data.test().collect().stream().mapToInt(ExampleBlock::numRows).sum()).isEqualTo(7);
    assertThat(data.test().first().label(0)).isEqualTo(40_001);
  }

  /** Row i has label i and one feature. */
  private static final class Counting implements ExampleGenerator {
    @Override
    public int numFeatures() {
      return 9;
    }

    @Override
    public ExampleBlock rows(long from, long to) {
      BlockBuilder rows = new BlockBuilder(9);
      for (long i = from; i < to; i++) {
        rows.addSparse(i, new int[] {(int) (i % 9)}, new double[] {1}, 1);
      }
      return rows.build();
    }
  }

  private Path write(String name, List<String> lines) throws IOException {
    return Files.write(dir.resolve(name), lines);
  }

  private Path writeGzip(String name, List<String> lines) throws IOException {
    Path file = dir.resolve(name);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  /** Row i has label i. */
  private static List<String> numberedLines(int numRows) {
    SplittableRandom random = new SplittableRandom(3);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < numRows; i++) {
      int a = 1 + random.nextInt(50);
      int b = a + 1 + random.nextInt(50);
      lines.add(i + " " + a + ":1 " + b + ":" + (1 + random.nextInt(9)));
    }
    return lines;
  }

  private static String line(ExampleBlock block, int row) {
    StringBuilder text = new StringBuilder().append((int) block.label(row));
    for (int k = 0; k < block.rowLength(row); k++) {
      text.append(' ')
          .append(block.columnAt(row, k) + 1)
          .append(':')
          .append((int) block.valueAt(row, k));
    }
    return text.toString();
  }

  private static List<Double> numbers(int n) {
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      numbers.add((double) i);
    }
    return numbers;
  }

  private static LoadOptions binary(int numWorkers) {
    return LoadOptions.of(numWorkers, 7, LabelKind.BINARY);
  }

  private static LoadOptions real(int numWorkers) {
    return LoadOptions.of(numWorkers, 7, LabelKind.REAL);
  }

  private static TrainingData load(Path path, LoadOptions options) {
    return DataLoader.load(spark, DataSource.of(path.toString()), options);
  }

  private static void assertRefused(Path path, LoadOptions options, String message) {
    assertThatThrownBy(() -> load(path, options))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  private static List<Double> labels(TrainingData data) {
    List<Double> labels = new ArrayList<>();
    for (ExampleBlock block : data.blocks().collect()) {
      for (int r = 0; r < block.numRows(); r++) {
        labels.add(block.label(r));
      }
    }
    return labels;
  }

  private static List<String> rows(TrainingData data) {
    return data.blocks().collect().stream().flatMap(b -> rows(b).stream()).toList();
  }

  private static List<String> rows(ExampleBlock block) {
    List<String> rows = new ArrayList<>();
    for (int r = 0; r < block.numRows(); r++) {
      double[] x = new double[block.numFeatures()];
      block.addRow(r, 1, x);
      rows.add(block.label(r) + ":" + Arrays.toString(x));
    }
    return rows;
  }
}
