package dev.triptych.datasets;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPOutputStream;

/** Writes generated rows as LIBSVM text, packed when the name ends in {@code .gz}. */
public final class LibsvmWriter {
  private static final int ROWS_AT_ONCE = 4096;

  private LibsvmWriter() {}

  /**
   * Writes rows {@code from} to {@code to} − 1. The file appears when it is complete, or not at
   * all.
   *
   * @throws InvalidInputException if the file exists or cannot be written
   */
  public static void write(ExampleGenerator generator, long from, long to, Path file) {
    if (Files.exists(file)) {
      throw new InvalidInputException(file + ": exists already");
    }
    Path parent = file.toAbsolutePath().getParent();
    Path part = null;
    try {
      if (parent == null) {
        throw new InvalidInputException(file + ": is no file in a folder");
      }
      Files.createDirectories(parent);
      part = Files.createTempFile(parent, file.getFileName().toString(), ".part");
      try (Writer out = open(part, file.toString().endsWith(".gz"))) {
        for (long row = from; row < to; row += ROWS_AT_ONCE) {
          write(generator.rows(row, Math.min(to, row + ROWS_AT_ONCE)), out);
        }
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      String name = e.getClass().getSimpleName();
      throw new InvalidInputException(
          file + ": cannot be written: " + name + " " + e.getMessage(), e);
    } finally {
      if (part != null) {
        part.toFile().delete();
      }
    }
  }

  /** Writes a block's rows; numbers that are whole are written without a point. */
  static void write(ExampleBlock block, Writer out) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int r = 0; r < block.numRows(); r++) {
      line.setLength(0);
      append(line, block.label(r));
      int length = block.rowLength(r);
      for (int k = 0; k < length; k++) {
        double value = block.valueAt(r, k);
        if (value != 0) {
          append(line.append(' ').append(block.columnAt(r, k) + 1).append(':'), value);
        }
      }
      out.append(line.append('\n'));
    }
  }

  private static void append(StringBuilder line, double value) {
    if (value == (int) value) {
      line.append((int) value);
    } else {
      line.append(value);
    }
  }

  private static Writer open(Path file, boolean packed) throws IOException {
    OutputStream raw = new BufferedOutputStream(Files.newOutputStream(file));
    return new OutputStreamWriter(
        packed ? new GZIPOutputStream(raw) : raw, StandardCharsets.US_ASCII);
  }
}
