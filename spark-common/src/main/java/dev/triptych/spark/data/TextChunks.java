package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.CsvParser;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.data.LibsvmParser;
import dev.triptych.core.data.RowParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.input.TextInputFormat;
import org.apache.hadoop.util.LineReader;
import org.apache.spark.api.java.JavaNewHadoopRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/** Reads LIBSVM and CSV files in parallel splits. */
final class TextChunks {
  private static final long MIN_SPLIT_BYTES = 1L << 20;
  private static final long MAX_SPLIT_BYTES = 64L << 20;
  private static final int SPLITS_PER_CORE = 2;

  private TextChunks() {}

  /** Makes a parser for each split. */
  private interface Parsers extends Serializable {
    RowParser open();
  }

  /**
   * The lines of LIBSVM files.
   *
   * @param numFeatures d, or null when the files show it
   * @param ignoreAbove leave features above d out instead of refusing them
   */
  static JavaRDD<Chunk> libsvm(
      JavaSparkContext spark,
      InputFiles input,
      LabelRule labels,
      @Nullable Integer numFeatures,
      boolean ignoreAbove) {
    return read(
        spark,
        input,
        () ->
            ignoreAbove && numFeatures != null
                ? LibsvmParser.ignoringAbove(labels, numFeatures)
                : new LibsvmParser(labels, numFeatures));
  }

  /** The lines of CSV files, all with the columns that the first line of the first file shows. */
  static JavaRDD<Chunk> csv(
      JavaSparkContext spark, InputFiles input, LabelRule labels, CsvParser.Columns columns) {
    return read(spark, input, () -> new CsvParser(labels, columns));
  }

  /** Columns of CSV files, from the first line that is not blank. */
  static CsvParser.Columns csvColumns(
      InputFiles input, @Nullable String labelColumn, Configuration hadoop) {
    for (FileStatus file : input.files()) {
      String name = InputFiles.shown(file.getPath());
      try (LineReader lines = new LineReader(open(file.getPath(), hadoop))) {
        Text line = new Text();
        for (long number = 1; lines.readLine(line) > 0; number++) {
          String text = line.toString();
          if (number == 1 && text.startsWith("\uFEFF")) {
            text = text.substring(1);
          }
          if (!text.isBlank()) {
            try {
              return CsvParser.Columns.of(text, labelColumn);
            } catch (InvalidInputException e) {
              throw new InvalidInputException(name + ":" + number + ": " + e.getMessage(), e);
            }
          }
        }
      } catch (IOException e) {
        throw new InvalidInputException(name + ": cannot be read: " + InputFiles.oneLine(e), e);
      }
    }
    throw new InvalidInputException(
        InputFiles.shown(input.files().get(0).getPath()) + ": no examples (empty)");
  }

  /** The 1-based number of the line that starts at a byte of the unpacked file. */
  static long lineNumber(Path file, long position, Configuration hadoop) throws IOException {
    try (LineReader lines = new LineReader(open(file, hadoop))) {
      Text line = new Text();
      long number = 1;
      long at = 0;
      while (at < position) {
        int length = lines.readLine(line);
        if (length == 0) {
          break;
        }
        at += length;
        number++;
      }
      return number;
    }
  }

  private static JavaRDD<Chunk> read(JavaSparkContext spark, InputFiles input, Parsers parsers) {
    Map<String, Integer> positions = new HashMap<>();
    List<Path> paths = new ArrayList<>();
    for (FileStatus file : input.files()) {
      positions.putIfAbsent(file.getPath().toString(), paths.size());
      paths.add(file.getPath());
    }
    try {
      Job job = Job.getInstance(spark.hadoopConfiguration());
      FileInputFormat.setInputPaths(job, paths.toArray(new Path[0]));
      long target =
          input.totalBytes() / (SPLITS_PER_CORE * Math.max(1, spark.defaultParallelism()));
      FileInputFormat.setMaxInputSplitSize(
          job, Math.max(MIN_SPLIT_BYTES, Math.min(MAX_SPLIT_BYTES, target)));
      JavaNewHadoopRDD<LongWritable, Text> lines =
          (JavaNewHadoopRDD<LongWritable, Text>)
              spark.newAPIHadoopRDD(
                  job.getConfiguration(), ListedText.class, LongWritable.class, Text.class);
      return lines.mapPartitionsWithInputSplit(
          (InputSplit split, Iterator<Tuple2<LongWritable, Text>> records) -> {
            String path = ((FileSplit) split).getPath().toString();
            int file = Objects.requireNonNull(positions.get(path), path);
            return new ChunkIterator<>(file, records, new LineParser(file, parsers.open()));
          },
          true);
    } catch (IOException e) {
      throw new InvalidInputException(
          InputFiles.shown(paths.get(0)) + ": cannot be read: " + InputFiles.oneLine(e), e);
    }
  }

  private static InputStream open(Path file, Configuration hadoop) throws IOException {
    InputStream raw = file.getFileSystem(hadoop).open(file);
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    return codec == null ? raw : codec.createInputStream(raw);
  }

  /**
   * Text of exactly the files listed, names with wildcards in them included; packed files are never
   * split, so that positions count unpacked bytes.
   */
  public static final class ListedText extends TextInputFormat {
    @Override
    protected List<FileStatus> listStatus(JobContext job) throws IOException {
      List<FileStatus> files = new ArrayList<>();
      for (Path path : getInputPaths(job)) {
        files.add(path.getFileSystem(job.getConfiguration()).getFileStatus(path));
      }
      return files;
    }

    @Override
    protected boolean isSplitable(JobContext job, Path file) {
      return new CompressionCodecFactory(job.getConfiguration()).getCodec(file) == null;
    }
  }

  private static final class LineParser implements RowReader<Tuple2<LongWritable, Text>> {
    private final int file;
    private final RowParser parser;

    LineParser(int file, RowParser parser) {
      this.file = file;
      this.parser = parser;
    }

    @Override
    public int file(Tuple2<LongWritable, Text> line) {
      return file;
    }

    @Override
    public long position(Tuple2<LongWritable, Text> line) {
      return line._1().get();
    }

    @Override
    public void startFile() {
      throw new IllegalStateException("a text split belongs to one file");
    }

    @Override
    public void add(Tuple2<LongWritable, Text> line, BlockBuilder rows) {
      parser.addLine(line._2().getBytes(), line._2().getLength(), rows);
    }

    @Override
    public int numFeatures() {
      return parser.numFeatures();
    }

    @Override
    public boolean sawZeroLabel() {
      return parser.sawZeroLabel();
    }

    @Override
    public boolean sawMinusOneLabel() {
      return parser.sawMinusOneLabel();
    }
  }
}
