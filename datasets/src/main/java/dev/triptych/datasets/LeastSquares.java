package dev.triptych.datasets;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import java.util.stream.LongStream;

/**
 * Minimum of F(w) = (1/2n) Σ (w·x_i − y_i)² + (λ/2)‖w‖² by the normal equations, for moderate d:
 * (XᵀX/n + λI) w = Xᵀy/n by Cholesky's factorisation and one step of refinement. F is quadratic, so
 * F(w) − F(w*) = ½ gᵀH⁻¹g exactly, g being the gradient at w.
 *
 * @param weights w*
 * @param objective F(w*)
 * @param gap ½ gᵀH⁻¹g, up to rounding
 */
public record LeastSquares(double[] weights, double objective, double gap) {
  private static final int MAX_FEATURES = 4000;
  private static final long ROWS_AT_ONCE = 1024;

  /**
   * Solves; takes O(n d² + d³) and goes through the blocks four times.
   *
   * @throws IllegalArgumentException if d is above 4000, or XᵀX/n + λI is singular
   */
  public static LeastSquares solve(Iterable<ExampleBlock> blocks, double lambda) {
    int d = blocks.iterator().next().numFeatures();
    if (d > MAX_FEATURES) {
      throw new IllegalArgumentException("at most " + MAX_FEATURES + " features, got " + d);
    }
    double[][] hessian = new double[d][d];
    double[] right = new double[d];
    long n = 0;
    for (ExampleBlock block : blocks) {
      n += block.numRows();
      for (int r = 0; r < block.numRows(); r++) {
        int length = block.rowLength(r);
        for (int k = 0; k < length; k++) {
          double x = block.valueAt(r, k);
          block.addRow(r, x, hessian[block.columnAt(r, k)]);
        }
        block.addRow(r, block.label(r), right);
      }
    }
    for (int j = 0; j < d; j++) {
      right[j] /= n;
      for (int k = 0; k < d; k++) {
        hessian[j][k] /= n;
      }
      hessian[j][j] += lambda;
    }
    double[][] factor = cholesky(hessian);
    double[] weights = solve(factor, right);
    double[] gradient = gradient(blocks, n, weights, lambda);
    double[] correction = solve(factor, gradient);
    for (int j = 0; j < d; j++) {
      weights[j] -= correction[j];
    }
    gradient = gradient(blocks, n, weights, lambda);
    double gap = 0.5 * dot(gradient, solve(factor, gradient));
    double squares = 0;
    for (ExampleBlock block : blocks) {
      for (int r = 0; r < block.numRows(); r++) {
        double residual = block.dot(r, weights) - block.label(r);
        squares += residual * residual;
      }
    }
    double objective = squares / (2 * n) + 0.5 * lambda * dot(weights, weights);
    return new LeastSquares(weights, objective, gap);
  }

  /**
   * Of rows 0 to {@code numRows} − 1 of a generator, which are made anew in each pass and never all
   * kept.
   *
   * @throws IllegalArgumentException as for blocks
   */
  public static LeastSquares solve(ExampleGenerator generator, long numRows, double lambda) {
    long numBlocks = (numRows + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE;
    return solve(
        () ->
            LongStream.range(0, numBlocks)
                .mapToObj(
                    b ->
                        generator.rows(b * ROWS_AT_ONCE, Math.min(numRows, (b + 1) * ROWS_AT_ONCE)))
                .iterator(),
        lambda);
  }

  private static double[] gradient(
      Iterable<ExampleBlock> blocks, long n, double[] weights, double lambda) {
    double[] gradient = new double[weights.length];
    for (ExampleBlock block : blocks) {
      for (int r = 0; r < block.numRows(); r++) {
        block.addRow(r, (block.dot(r, weights) - block.label(r)) / n, gradient);
      }
    }
    for (int j = 0; j < weights.length; j++) {
      gradient[j] += lambda * weights[j];
    }
    return gradient;
  }

  /** Lower triangular L with LLᵀ = a. */
  private static double[][] cholesky(double[][] a) {
    int d = a.length;
    double[][] l = new double[d][];
    for (int i = 0; i < d; i++) {
      l[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        if (i == j) {
          if (!(sum > 1e-14 * a[i][i])) {
            throw new IllegalArgumentException("the normal equations are singular");
          }
          l[i][i] = Math.sqrt(sum);
        } else {
          l[i][j] = sum / l[j][j];
        }
      }
    }
    return l;
  }

  private static double[] solve(double[][] l, double[] right) {
    int d = right.length;
    double[] x = right.clone();
    for (int i = 0; i < d; i++) {
      for (int k = 0; k < i; k++) {
        x[i] -= l[i][k] * x[k];
      }
      x[i] /= l[i][i];
    }
    for (int i = d - 1; i >= 0; i--) {
      for (int k = i + 1; k < d; k++) {
        x[i] -= l[k][i] * x[k];
      }
      x[i] /= l[i][i];
    }
    return x;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }
}
