package dev.triptych.testing;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss;
import java.util.List;

/**
 * The minimum of F(w) = (1/n) Σ ℓ(w·x_i (+ b), y_i) + (λ/2)‖w‖², found by damped Newton steps
 * written down independently of what is tested (of core it uses the rows and ℓ alone). For tests:
 * costs O(n d² + d³) per step.
 *
 * @param weights w, then b if there is an intercept
 * @param objective f*, up to {@code gap}
 * @param gap ½ gᵀH⁻¹g at {@code weights}, which estimates F(w) − f*; exact for squared loss
 */
@SuppressWarnings("ArrayRecordComponent")
public record ReferenceOptimum(double[] weights, double objective, double gap) {
  private static final int MAX_STEPS = 100;
  private static final double TOLERANCE = 1e-15;

  /**
   * Minimises F over the rows of all blocks.
   *
   * @param loss smooth; its second derivative is taken by central differences
   * @throws IllegalStateException if F is not strictly convex or 100 steps do not bring the gap
   *     below 1e-15
   */
  public static ReferenceOptimum minimise(
      Loss loss, double lambda, boolean intercept, List<ExampleBlock> blocks) {
    int numFeatures = blocks.get(0).numFeatures();
    double[] w = new double[intercept ? numFeatures + 1 : numFeatures];
    for (int step = 0; step < MAX_STEPS; step++) {
      Quadratic local = Quadratic.at(w, loss, lambda, numFeatures, blocks);
      double[] direction = local.newtonDirection();
      double gap = -0.5 * dot(local.gradient, direction);
      if (gap <= TOLERANCE) {
        return new ReferenceOptimum(w, local.value, gap);
      }
      double length = 1;
      double[] next = moved(w, length, direction);
      while (value(next, loss, lambda, numFeatures, blocks) > local.value - 0.5 * length * gap) {
        length /= 2;
        if (length < 1e-10) {
          throw new IllegalStateException("no descent along the Newton direction, gap " + gap);
        }
        next = moved(w, length, direction);
      }
      w = next;
    }
    throw new IllegalStateException("not at the optimum after " + MAX_STEPS + " Newton steps");
  }

  /** F(w), written down independently of what is tested. */
  public static double value(
      double[] w, Loss loss, double lambda, int numFeatures, List<ExampleBlock> blocks) {
    double sum = 0;
    long n = 0;
    for (ExampleBlock block : blocks) {
      for (int r = 0; r < block.numRows(); r++) {
        sum += loss.value(score(block, r, w, numFeatures), block.label(r));
      }
      n += block.numRows();
    }
    double squares = 0;
    for (int j = 0; j < numFeatures; j++) {
      squares += w[j] * w[j];
    }
    return sum / n + lambda / 2 * squares;
  }

  private static double score(ExampleBlock block, int row, double[] w, int numFeatures) {
    double score = w.length > numFeatures ? w[numFeatures] : 0;
    for (int k = 0; k < block.rowLength(row); k++) {
      score += w[block.columnAt(row, k)] * block.valueAt(row, k);
    }
    return score;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private static double[] moved(double[] w, double length, double[] direction) {
    double[] next = w.clone();
    for (int j = 0; j < w.length; j++) {
      next[j] += length * direction[j];
    }
    return next;
  }

  /** F near w: value, gradient, Hessian. */
  private static final class Quadratic {
    final double value;
    final double[] gradient;
    private final double[][] hessian;

    private Quadratic(double value, double[] gradient, double[][] hessian) {
      this.value = value;
      this.gradient = gradient;
      this.hessian = hessian;
    }

    static Quadratic at(
        double[] w, Loss loss, double lambda, int numFeatures, List<ExampleBlock> blocks) {
      int d = w.length;
      double[] gradient = new double[d];
      double[][] hessian = new double[d][d];
      long n = 0;
      int[] columns = new int[d];
      double[] values = new double[d];
      for (ExampleBlock block : blocks) {
        for (int r = 0; r < block.numRows(); r++) {
          int length = block.rowLength(r);
          for (int k = 0; k < length; k++) {
            columns[k] = block.columnAt(r, k);
            values[k] = block.valueAt(r, k);
          }
          if (d > numFeatures) {
            columns[length] = numFeatures;
            values[length++] = 1;
          }
          double score = score(block, r, w, numFeatures);
          double h = 1e-5 * Math.max(1, Math.abs(score));
          double label = block.label(r);
          double slope = loss.derivative(score, label);
          double curvature =
              (loss.derivative(score + h, label) - loss.derivative(score - h, label)) / (2 * h);
          for (int k = 0; k < length; k++) {
            gradient[columns[k]] += slope * values[k];
            for (int l = 0; l < length; l++) {
              hessian[columns[k]][columns[l]] += curvature * values[k] * values[l];
            }
          }
        }
        n += block.numRows();
      }
      for (int j = 0; j < d; j++) {
        gradient[j] /= n;
        for (int l = 0; l < d; l++) {
          hessian[j][l] /= n;
        }
        if (j < numFeatures) {
          gradient[j] += lambda * w[j];
          hessian[j][j] += lambda;
        }
      }
      return new Quadratic(
          ReferenceOptimum.value(w, loss, lambda, numFeatures, blocks), gradient, hessian);
    }

    /** −H⁻¹g by Cholesky. */
    double[] newtonDirection() {
      int d = gradient.length;
      double[][] lower = new double[d][d];
      for (int i = 0; i < d; i++) {
        for (int j = 0; j <= i; j++) {
          double sum = hessian[i][j];
          for (int k = 0; k < j; k++) {
            sum -= lower[i][k] * lower[j][k];
          }
          if (i > j) {
            lower[i][j] = sum / lower[j][j];
          } else if (sum > 0) {
            lower[i][i] = Math.sqrt(sum);
          } else {
            throw new IllegalStateException("the objective is not strictly convex");
          }
        }
      }
      double[] x = new double[d];
      for (int i = 0; i < d; i++) {
        double sum = -gradient[i];
        for (int k = 0; k < i; k++) {
          sum -= lower[i][k] * x[k];
        }
        x[i] = sum / lower[i][i];
      }
      for (int i = d - 1; i >= 0; i--) {
        double sum = x[i];
        for (int k = i + 1; k < d; k++) {
          sum -= lower[k][i] * x[k];
        }
        x[i] = sum / lower[i][i];
      }
      return x;
    }
  }
}
