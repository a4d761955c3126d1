package dev.triptych.core.data;

import java.io.Serializable;

/**
 * Makes examples out of nothing but their number: row i is the same whoever makes it and in
 * whatever order, so that many machines make one data set together. Thread-safe.
 */
public interface ExampleGenerator extends Serializable {
  /** d. */
  int numFeatures();

  /** Rows {@code from} to {@code to} − 1. */
  ExampleBlock rows(long from, long to);
}
