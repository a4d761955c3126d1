package dev.triptych.gossip.mixing;

import java.util.Arrays;

/** Rows of a mixing matrix. */
final class Rows {
  private Rows() {}

  /** The neighbours and the node itself, ascending. */
  static int[] withSelf(int node, int[] neighbours) {
    int[] row = Arrays.copyOf(neighbours, neighbours.length + 1);
    row[neighbours.length] = node;
    Arrays.sort(row);
    return row;
  }
}
