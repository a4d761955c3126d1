package dev.triptych.core.model;

import dev.ludovic.netlib.blas.BLAS;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.RowTile;
import dev.triptych.core.kernel.RowCombination;
import dev.triptych.core.loss.Loss.LabelKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dense layers with the logistic function between them and softmax behind the last: a_l = σ(W_lᵀ
 * a_{l−1} + b_l), ℓ = −log p_y, as MLlib's MultilayerPerceptronClassifier has them. Weights: the
 * matrices W_1 (d × h_1), W_2, …, each row by row, so that a row belongs to one input; then all
 * biases, which are not penalised. Matrices start uniformly in ±√(6/(in + out)), those before a
 * logistic function in four times that (Glorot, Bengio, AISTATS 2010); biases at 0.
 *
 * <p>Works through rows in chunks by matrix products (BLAS level 3); a sparse block's first layer
 * by its stored entries. Scratch is kept from call to call.
 */
public final class MultilayerPerceptron implements Model {
  private static final long serialVersionUID = 1L;

  private static final BLAS BLAS_3 = BLAS.getInstance();

  // d, h_1, …, K
  private final int[] layers;
  // by layer l ≥ 1: where W_l and b_l start
  private final int[] matrixAt;
  private final int[] biasAt;
  private final int numPenalised;
  private final int numParameters;
  private final ScratchPool<LayerScratch> scratch;

  /**
   * @param layers sizes: features, hidden layers, classes
   * @throws IllegalArgumentException for no hidden layer, less than two classes, or more weights
   *     than an array holds
   */
  public MultilayerPerceptron(int... layers) {
    this(layers, new ScratchPool<>());
  }

  private MultilayerPerceptron(int[] layers, ScratchPool<LayerScratch> scratch) {
    this.scratch = scratch;
    if (layers.length < 3) {
      throw new IllegalArgumentException(
          "expected at least one hidden layer between features and classes, got "
              + Arrays.toString(layers));
    }
    for (int size : layers) {
      if (size < 1) {
        throw new IllegalArgumentException("a layer cannot have " + size + " units");
      }
    }
    if (layers[layers.length - 1] < 2) {
      throw new IllegalArgumentException("at least 2 classes, got " + layers[layers.length - 1]);
    }
    this.layers = layers.clone();
    this.matrixAt = new int[layers.length];
    this.biasAt = new int[layers.length];
    long next = 0;
    for (int l = 1; l < layers.length; l++) {
      matrixAt[l] = (int) next;
      next += (long) layers[l - 1] * layers[l];
      Layout.requireArray(next);
    }
    numPenalised = (int) next;
    for (int l = 1; l < layers.length; l++) {
      biasAt[l] = (int) next;
      next += layers[l];
      Layout.requireArray(next);
    }
    numParameters = (int) next;
  }

  /** Sizes: features, hidden layers, classes. */
  public int[] layers() {
    return layers.clone();
  }

  /** Where the matrix into layer l ≥ 1 starts; its row i has the weights of input i. */
  public int matrixAt(int layer) {
    return matrixAt[layer];
  }

  /** Where the biases of layer l ≥ 1 start. */
  public int biasAt(int layer) {
    return biasAt[layer];
  }

  public int numClasses() {
    return layers[layers.length - 1];
  }

  @Override
  public int numFeatures() {
    return layers[0];
  }

  @Override
  public int parametersPerFeature() {
    return layers[1];
  }

  @Override
  public int numParameters() {
    return numParameters;
  }

  @Override
  public int numPenalised() {
    return numPenalised;
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.CLASS;
  }

  @Override
  public InitialWeights initialWeights(long seed) {
    List<InitialWeights.Range> ranges = new ArrayList<>();
    for (int l = 1; l < layers.length; l++) {
      double glorot = Math.sqrt(6.0 / (layers[l - 1] + layers[l]));
      boolean last = l == layers.length - 1;
      ranges.add(
          new InitialWeights.Range(
              matrixAt[l] + (long) layers[l - 1] * layers[l], last ? glorot : 4 * glorot));
    }
    return new InitialWeights.Drawn(seed, 0, 1, 0, ranges);
  }

  @Override
  public double score(ExampleBlock block, int row, double[] weights) {
    LayerScratch s = take(block);
    forward(block, null, row, row + 1, weights, s);
    int best = LogSumExp.largest(s.activations(layers.length - 1), 0, numClasses());
    scratch.put(s);
    return best;
  }

  @Override
  public double lossSum(ExampleBlock block, double[] weights) {
    LayerScratch s = take(block);
    int last = layers.length - 1;
    int numClasses = numClasses();
    double sum = 0;
    int numRows = block.numRows();
    for (int start = 0; start < numRows; start += LayerScratch.ROWS) {
      int end = Math.min(numRows, start + LayerScratch.ROWS);
      forward(block, null, start, end, weights, s);
      double[] scores = s.activations(last);
      for (int r = start; r < end; r++) {
        int at = (r - start) * numClasses;
        sum +=
            block.weight(r)
                * (LogSumExp.of(scores, at, numClasses) - scores[at + (int) block.label(r)]);
      }
    }
    scratch.put(s);
    return sum;
  }

  @Override
  public void addGradient(
      ExampleBlock block,
      int[] rows,
      int from,
      int to,
      double[] weights,
      double scale,
      double[] gradient) {
    addChunks(block, rows, from, to, weights, scale, gradient);
  }

  @Override
  public double addLossGradient(
      ExampleBlock block, double[] weights, double scale, double[] gradient) {
    return addChunks(block, null, 0, block.numRows(), weights, scale, gradient);
  }

  private double addChunks(
      ExampleBlock block,
      int @Nullable [] rows,
      int from,
      int to,
      double[] weights,
      double scale,
      double[] gradient) {
    LayerScratch s = take(block);
    double lossSum = 0;
    for (int start = from; start < to; start += LayerScratch.ROWS) {
      int end = Math.min(to, start + LayerScratch.ROWS);
      forward(block, rows, start, end, weights, s);
      lossSum += toDerivatives(block, rows, start, end, scale, s);
      backward(block, rows, start, end, weights, s, gradient);
    }
    scratch.put(s);
    return lossSum;
  }

  private LayerScratch take(ExampleBlock block) {
    LayerScratch s = scratch.take();
    if (s == null) {
      s = new LayerScratch(layers);
    }
    if (block.isDense()) {
      s.needInputs(layers[0]);
    }
    return s;
  }

  private static int row(int @Nullable [] rows, int i) {
    return rows == null ? i : rows[i];
  }

  /** Activations of the hidden layers and scores of the last, for rows start to end. */
  private void forward(
      ExampleBlock block,
      int @Nullable [] rows,
      int start,
      int end,
      double[] weights,
      LayerScratch s) {
    int count = end - start;
    for (int l = 1; l < layers.length; l++) {
      double[] out = s.activations(l);
      int size = layers[l];
      for (int i = 0; i < count; i++) {
        System.arraycopy(weights, biasAt[l], out, i * size, size);
      }
      if (l > 1) {
        multiply(weights, l, s.activations(l - 1), count, out);
      } else if (block.isDense()) {
        double[] inputs = s.activations(0);
        for (int i = 0; i < count; i++) {
          block.copyDenseRow(row(rows, start + i), inputs, i * layers[0]);
        }
        multiply(weights, 1, inputs, count, out);
      } else {
        for (int from = 0; from < size; from += RowCombination.PANEL) {
          int to = Math.min(size, from + RowCombination.PANEL);
          for (int i = 0; i < count; i++) {
            block.addProducts(row(rows, start + i), weights, size, from, to, out, i * size);
          }
        }
      }
      if (l < layers.length - 1) {
        for (int k = 0; k < count * size; k++) {
          out[k] = 1 / (1 + Math.exp(-out[k]));
        }
      }
    }
  }

  /** out += W_lᵀ in, for {@code count} columns. */
  private void multiply(double[] weights, int l, double[] in, int count, double[] out) {
    int size = layers[l];
    int before = layers[l - 1];
    BLAS_3.dgemm(
        "N",
        "N",
        size,
        count,
        before,
        1,
        weights,
        matrixAt[l],
        size,
        in,
        0,
        before,
        1,
        out,
        0,
        size);
  }

  /** Turns the scores into ∂/∂score of scale · c ℓ; returns Σ c ℓ. */
  private double toDerivatives(
      ExampleBlock block, int @Nullable [] rows, int start, int end, double scale, LayerScratch s) {
    double[] scores = s.activations(layers.length - 1);
    double sum = 0;
    for (int i = start; i < end; i++) {
      int row = row(rows, i);
      double weight = block.weight(row);
      int at = (i - start) * numClasses();
      sum +=
          weight
              * LogSumExp.toDerivatives(
                  scores, at, numClasses(), (int) block.label(row), scale * weight);
    }
    return sum;
  }

  /** Adds the gradient; the activations of layer l turn into its derivatives on the way. */
  private void backward(
      ExampleBlock block,
      int @Nullable [] rows,
      int start,
      int end,
      double[] weights,
      LayerScratch s,
      double[] gradient) {
    int count = end - start;
    for (int l = layers.length - 1; l >= 1; l--) {
      double[] derivatives = s.activations(l);
      int size = layers[l];
      int before = layers[l - 1];
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < size; k++) {
          gradient[biasAt[l] + k] += derivatives[i * size + k];
        }
      }
      if (l == 1 && RowTile.pays(block, count, size)) {
        s.tile().take(block, rows, start, end);
        s.tile().addOuter(derivatives, size, gradient);
        return;
      }
      if (l == 1 && !block.isDense()) {
        for (int i = 0; i < count; i++) {
          block.addOuter(row(rows, start + i), derivatives, i * size, size, gradient);
        }
        return;
      }
      double[] in = s.activations(l - 1);
      BLAS_3.dgemm(
          "N",
          "T",
          size,
          before,
          count,
          1,
          derivatives,
          0,
          size,
          in,
          0,
          before,
          1,
          gradient,
          matrixAt[l],
          size);
      if (l > 1) {
        double[] errors = s.errors();
        BLAS_3.dgemm(
            "T",
            "N",
            before,
            count,
            size,
            1,
            weights,
            matrixAt[l],
            size,
            derivatives,
            0,
            size,
            0,
            errors,
            0,
            before);
        for (int k = 0; k < count * before; k++) {
          in[k] = errors[k] * in[k] * (1 - in[k]);
        }
      }
    }
  }

  /** Near the start, of all layers together: hidden activations are about ½, σ′ at most ¼. */
  @Override
  public double curvatureBound(double squaredNorm) {
    double bound = 0;
    for (int l = 1; l < layers.length; l++) {
      double inputs = l == 1 ? squaredNorm : layers[l - 1] / 4.0;
      bound += 0.5 * (1 + inputs) * Math.pow(1 / 16.0, layers.length - 1 - l);
    }
    return bound;
  }

  @Override
  public MultilayerPerceptron withNumFeatures(int newNumFeatures) {
    int[] changed = layers.clone();
    changed[0] = newNumFeatures;
    return new MultilayerPerceptron(changed, scratch);
  }
}
