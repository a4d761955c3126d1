package dev.triptych.core.model;

import dev.triptych.core.data.RowTile;

/**
 * Room for the activations of a chunk of rows, layer by layer, whatever the number of features. Not
 * thread-safe.
 */
final class LayerScratch {
  /** Rows of a chunk: enough for matrix products, few enough for the caches. */
  static final int ROWS = 128;

  private final double[][] activations;
  private final double[] errors;
  private final RowTile tile = new RowTile();

  LayerScratch(int[] layers) {
    activations = new double[layers.length][];
    activations[0] = new double[0];
    int widest = 0;
    for (int l = 1; l < layers.length; l++) {
      activations[l] = new double[Math.multiplyExact(ROWS, layers[l])];
      widest = l < layers.length - 1 ? Math.max(widest, layers[l]) : widest;
    }
    errors = new double[Math.multiplyExact(ROWS, widest)];
  }

  /** Makes room for layer 0, which only dense rows need. */
  void needInputs(int numInputs) {
    if (activations[0].length < (long) ROWS * numInputs) {
      activations[0] = new double[Math.multiplyExact(ROWS, numInputs)];
    }
  }

  /** By row, then unit. */
  double[] activations(int layer) {
    return activations[layer];
  }

  /** For the first layer of sparse rows. */
  RowTile tile() {
    return tile;
  }

  /** As long as the widest hidden layer needs. */
  double[] errors() {
    return errors;
  }
}
