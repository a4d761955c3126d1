package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.BlockBuilder;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.SparkException;
import org.jspecify.annotations.Nullable;

/**
 * Packs the records of one split into chunks of about a million entries. A bad record ends the
 * split with a chunk that carries the error as data: nothing is thrown in a task, so Spark neither
 * retries nor logs, and the driver can name the line.
 */
final class ChunkIterator<T> implements Iterator<Chunk> {
  private static final int CHUNK_ENTRIES = 1 << 20;
  private static final int CHUNK_ROWS = 1 << 18;

  private final int firstFile;
  private final Iterator<T> records;
  private final RowReader<T> reader;
  private @Nullable T pending;
  private @Nullable String error;
  private boolean zeroTold;
  private boolean minusOneTold;

  /**
   * Reads one split.
   *
   * @param firstFile the file it is of; −1 when it may hold several
   */
  ChunkIterator(int firstFile, Iterator<T> records, RowReader<T> reader) {
    this.firstFile = firstFile;
    this.records = records;
    this.reader = reader;
    this.pending = next(records);
  }

  @Override
  public boolean hasNext() {
    return pending != null || error != null;
  }

  @Override
  public Chunk next() {
    BlockBuilder rows = new BlockBuilder(0);
    T first = pending;
    if (first == null) {
      String told = error;
      if (told == null) {
        throw new NoSuchElementException();
      }
      error = null;
      return new Chunk(firstFile, 0, rows.build(), 0, Chunk.NEVER, Chunk.NEVER, told, Chunk.NEVER);
    }
    int file = reader.file(first);
    long start = reader.position(first);
    long firstZero = Chunk.NEVER;
    long firstMinusOne = Chunk.NEVER;
    for (T record = first;
        record != null
            && reader.file(record) == file
            && rows.numEntries() < CHUNK_ENTRIES
            && rows.numRows() < CHUNK_ROWS;
        record = pending) {
      long position = reader.position(record);
      try {
        reader.add(record, rows);
      } catch (InvalidInputException e) {
        pending = null;
        error = null;
        return chunk(file, start, rows, firstZero, firstMinusOne, e.getMessage(), position);
      }
      if (!zeroTold && reader.sawZeroLabel()) {
        zeroTold = true;
        firstZero = position;
      }
      if (!minusOneTold && reader.sawMinusOneLabel()) {
        minusOneTold = true;
        firstMinusOne = position;
      }
      pending = next(records);
    }
    Chunk chunk = chunk(file, start, rows, firstZero, firstMinusOne, null, Chunk.NEVER);
    if (pending != null && reader.file(pending) != file) {
      reader.startFile();
      zeroTold = false;
      minusOneTold = false;
    }
    return chunk;
  }

  private Chunk chunk(
      int file,
      long start,
      BlockBuilder rows,
      long firstZero,
      long firstMinusOne,
      @Nullable String message,
      long position) {
    return new Chunk(
        file,
        start,
        rows.build(),
        reader.numFeatures(),
        firstZero,
        firstMinusOne,
        message,
        position);
  }

  /** The next record, or null at the end or where the file cannot be read any further. */
  private @Nullable T next(Iterator<T> iterator) {
    try {
      return iterator.hasNext() ? iterator.next() : null;
    } catch (Exception e) {
      // Scala throws checked exceptions undeclared. Spark wraps what a Parquet reader throws.
      Throwable thrown = e;
      if (thrown instanceof IOException || thrown instanceof SparkException) {
        Throwable cause = thrown.getCause();
        error = "cannot be read: " + InputFiles.oneLine(cause == null ? thrown : cause);
        return null;
      }
      throw e;
    }
  }
}
