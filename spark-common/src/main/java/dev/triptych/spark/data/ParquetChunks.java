package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.LabelReader;
import dev.triptych.core.data.LabelRule;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Reads Parquet: a column {@code label} and either a column {@code features} (a vector as MLlib
 * writes it, or an array of numbers) or numbers in all other columns.
 */
final class ParquetChunks {
  private static final String FEATURES = "features";

  private ParquetChunks() {}

  /**
   * @param numFeatures d, or null when the files show it
   * @param labelColumn null for {@code label}
   */
  static JavaRDD<Chunk> read(
      SparkSession spark,
      InputFiles input,
      LabelRule labels,
      @Nullable Integer numFeatures,
      @Nullable String labelColumn) {
    Map<String, Integer> positions = new HashMap<>();
    List<String> paths = new ArrayList<>();
    for (FileStatus file : input.files()) {
      // Spark's metadata column says the encoded or the plain form, by version.
      positions.putIfAbsent(file.getPath().toUri().toString(), paths.size());
      positions.putIfAbsent(file.getPath().toString(), paths.size());
      paths.add(file.getPath().toString());
    }
    String name = InputFiles.shown(input.files().get(0).getPath());
    requireParquet(input.files().get(0).getPath(), spark.sparkContext().hadoopConfiguration());
    Dataset<Row> table = spark.read().parquet(paths.toArray(new String[0]));
    String label = labelColumn == null ? "label" : labelColumn;
    StructType schema = table.schema();
    if (!List.of(schema.fieldNames()).contains(label)) {
      throw new InvalidInputException(
          name
              + ": expected a column \""
              + label
              + "\", got "
              + String.join(", ", schema.fieldNames()));
    }
    List<Column> columns = new ArrayList<>();
    columns.add(table.col("_metadata.file_path"));
    columns.add(table.col("_metadata.row_index"));
    columns.add(number(table, schema.apply(label), name));
    List<String> features = new ArrayList<>();
    boolean vector = List.of(schema.fieldNames()).contains(FEATURES);
    if (vector) {
      columns.add(vector(table, schema.apply(FEATURES).dataType(), name));
    } else {
      for (StructField field : schema.fields()) {
        if (!field.name().equals(label)) {
          columns.add(number(table, field, name));
          features.add(field.name());
        }
      }
      if (features.isEmpty()) {
        throw new InvalidInputException(name + ": expected feature columns, got the label only");
      }
    }
    return table
        .select(columns.toArray(new Column[0]))
        .toJavaRDD()
        .mapPartitions(
            (Iterator<Row> rows) ->
                new ChunkIterator<>(
                    -1, rows, new TableReader(positions, labels, label, features, numFeatures)));
  }

  /** Spark would find out in a job that fails four times. */
  private static void requireParquet(Path file, Configuration hadoop) {
    byte[] magic = new byte[4];
    try (FSDataInputStream in = file.getFileSystem(hadoop).open(file)) {
      in.readFully(magic);
    } catch (EOFException e) {
      magic[0] = 0;
    } catch (IOException e) {
      throw new InvalidInputException(
          InputFiles.shown(file) + ": cannot be read: " + InputFiles.oneLine(e), e);
    }
    if (magic[0] != 'P' || magic[1] != 'A' || magic[2] != 'R') {
      throw new InvalidInputException(
          InputFiles.shown(file) + ": cannot be read: this is no Parquet file");
    }
  }

  private static Column number(Dataset<Row> table, StructField field, String file) {
    DataType type = field.dataType();
    if (!(type instanceof NumericType) && !(type instanceof BooleanType)) {
      throw new InvalidInputException(
          file
              + ": column "
              + field.name()
              + ": expected numbers, got "
              + field.dataType().catalogString());
    }
    return table.col("`" + field.name().replace("`", "``") + "`").cast("double");
  }

  private static Column vector(Dataset<Row> table, DataType type, String file) {
    Column features = table.col(FEATURES);
    if (type.equals(SQLDataTypes.VectorType())) {
      return features;
    }
    if (type instanceof ArrayType array && array.elementType() instanceof NumericType) {
      return functions.array_to_vector(features);
    }
    throw new InvalidInputException(
        file
            + ": column features: expected a vector or an array of numbers, got "
            + type.catalogString());
  }

  private static final class TableReader implements RowReader<Row> {
    private static final int FIRST_FEATURE = 3;

    private final Map<String, Integer> positions;
    private final LabelRule rule;
    private final String labelColumn;
    private final List<String> columns;
    private final int maxFeatures;
    private LabelReader labels;
    private int numFeatures;
    private int[] indices = new int[16];
    private double[] values = new double[16];

    TableReader(
        Map<String, Integer> positions,
        LabelRule rule,
        String labelColumn,
        List<String> columns,
        @Nullable Integer numFeatures) {
      this.positions = positions;
      this.rule = rule;
      this.labelColumn = labelColumn;
      this.columns = columns;
      this.maxFeatures = numFeatures == null ? Integer.MAX_VALUE : numFeatures;
      this.labels = new LabelReader(rule);
    }

    @Override
    public int file(Row row) {
      Integer position = positions.get(row.getString(0));
      if (position == null) {
        throw new IllegalStateException("unknown input file " + row.getString(0));
      }
      return position;
    }

    @Override
    public long position(Row row) {
      return row.getLong(1);
    }

    @Override
    public void startFile() {
      labels = new LabelReader(rule);
    }

    @Override
    public void add(Row row, BlockBuilder rows) {
      double label = row.isNullAt(2) ? Double.NaN : labels.read(row.getDouble(2));
      if (Double.isNaN(label)) {
        throw refuse(labelColumn, labels.expected(), row.get(2));
      }
      int numEntries = columns.isEmpty() ? vector(row) : numbers(row);
      rows.addSparse(label, indices, values, numEntries);
    }

    @Override
    public int numFeatures() {
      return numFeatures;
    }

    @Override
    public boolean sawZeroLabel() {
      return labels.sawZero();
    }

    @Override
    public boolean sawMinusOneLabel() {
      return labels.sawMinusOne();
    }

    private int vector(Row row) {
      if (row.isNullAt(FIRST_FEATURE)) {
        throw refuse(FEATURES, "expected a vector", null);
      }
      Vector vector = row.getAs(FIRST_FEATURE);
      if (vector.size() > maxFeatures || numFeatures != 0 && vector.size() != numFeatures) {
        throw refuse(
            FEATURES,
            "expected "
                + (vector.size() > maxFeatures ? "at most " + maxFeatures : numFeatures)
                + " features",
            vector.size());
      }
      numFeatures = vector.size();
      reserve(vector.numActives());
      int numEntries = 0;
      var entries = vector.activeIterator();
      while (entries.hasNext()) {
        var entry = entries.next();
        int index = (Integer) entry._1();
        numEntries = store(numEntries, index, (Double) entry._2(), FEATURES);
      }
      return numEntries;
    }

    private int numbers(Row row) {
      numFeatures = columns.size();
      if (numFeatures > maxFeatures) {
        throw refuse(FEATURES, "expected at most " + maxFeatures + " columns", numFeatures);
      }
      reserve(numFeatures);
      int numEntries = 0;
      for (int j = 0; j < numFeatures; j++) {
        if (row.isNullAt(FIRST_FEATURE + j)) {
          throw refuse(columns.get(j), "expected a finite number", null);
        }
        numEntries = store(numEntries, j, row.getDouble(FIRST_FEATURE + j), columns.get(j));
      }
      return numEntries;
    }

    private int store(int numEntries, int index, double value, String column) {
      if (!Double.isFinite(value)) {
        throw refuse(column, "expected finite numbers", value);
      }
      if (value == 0) {
        return numEntries;
      }
      indices[numEntries] = index;
      values[numEntries] = value;
      return numEntries + 1;
    }

    private void reserve(int length) {
      if (indices.length < length) {
        indices = new int[length];
        values = new double[length];
      }
    }

    private static InvalidInputException refuse(
        String column, String expected, @Nullable Object got) {
      return new InvalidInputException("column " + column + ": " + expected + ", got " + got);
    }
  }
}
