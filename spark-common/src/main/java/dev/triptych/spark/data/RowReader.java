package dev.triptych.spark.data;

import dev.triptych.core.data.BlockBuilder;

/**
 * Turns one kind of record into rows, within one split.
 *
 * @param <T> a line of text, a row of a Parquet file
 */
interface RowReader<T> {
  /** Position of the record's file in the list of input files. */
  int file(T input);

  /** Where the record starts in its file. */
  long position(T input);

  /** Forgets what must hold within one file only. */
  void startFile();

  /**
   * Adds the record's row, if it holds one.
   *
   * @throws dev.triptych.core.InvalidInputException without file and line
   */
  void add(T input, BlockBuilder rows);

  /** Largest feature number so far in this file, stored or zero. */
  int numFeatures();

  /** Whether this file said a binary label 0. */
  boolean sawZeroLabel();

  /** Whether this file said a binary label −1. */
  boolean sawMinusOneLabel();
}
