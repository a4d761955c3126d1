package dev.triptych.async.traffic;

import dev.triptych.async.traffic.Sparsification.Kind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes one worker's gradients smaller and remembers what was lost (error feedback: Seide et al.,
 * 1-Bit Stochastic Gradient Descent, Interspeech 2014; Karimireddy et al., Error Feedback Fixes
 * SignSGD, ICML 2019). With residual r, gradient g and the rounding or selection Q of what is sent:
 *
 * <pre>
 *   v = g + r,  send Q(v),  r ← v − Q(v)
 * </pre>
 *
 * so that the sum of what was sent and of the residual is always the sum of the gradients. The
 * residual of a parameter is added when a gradient touches it again.
 *
 * <p>KKT filter (Li et al., OSDI 2014, §5.1): a value is kept back while its weight is 0 and |v| is
 * below a bound. With λ₁/(2N) for N workers, what all of them keep back of a weight stays below
 * half of what FTRL needs to make it differ from 0.
 *
 * <p>One gradient at a time: {@link #take}, {@link #round}, then {@link #keys} and {@link #values}.
 * Not thread-safe.
 */
public final class GradientCompressor {
  private final Traffic traffic;
  private final double kktBound;
  private final Residual residual;
  private int @Nullable [] keys;
  private double[] values = new double[0];
  private double[] magnitudes = new double[0];

  /**
   * @param kktBound below which values of zero weights are kept back; 0 without the filter
   */
  public GradientCompressor(Traffic traffic, int numParameters, double kktBound) {
    this.traffic = traffic;
    this.kktBound = traffic.kktFilter() ? kktBound : 0;
    this.residual = new Residual(numParameters);
  }

  /**
   * Adds the residual and chooses what to send. The residual then holds what is kept back.
   *
   * @param newKeys ascending parameters, null for all
   * @param gradient read only
   * @param weights that the gradient was computed at, in the same order; used by the KKT filter
   */
  public void take(int @Nullable [] newKeys, double[] gradient, double[] weights) {
    int count = gradient.length;
    double[] sums = new double[count];
    for (int k = 0; k < count; k++) {
      sums[k] = gradient[k] + residual.at(newKeys == null ? k : newKeys[k]);
    }
    Kind kind = traffic.sparsification().kind();
    if (kind == Kind.NONE && kktBound == 0) {
      keys = newKeys;
      values = sums;
      return;
    }
    int numLeft = count;
    if (magnitudes.length < count) {
      magnitudes = new double[count];
    }
    for (int k = 0; k < count; k++) {
      double magnitude = Math.abs(sums[k]);
      // NaN and infinity must be seen by the server.
      magnitudes[k] = magnitude <= Double.MAX_VALUE ? magnitude : Double.POSITIVE_INFINITY;
      if (kktBound > 0 && weights[k] == 0 && magnitude < kktBound) {
        magnitudes[k] = -1;
        numLeft--;
      }
    }
    double bound = 0;
    int numAtBound = Integer.MAX_VALUE;
    if (kind == Kind.THRESHOLD) {
      bound = traffic.sparsification().parameter();
    } else if (kind == Kind.TOP_K && numLeft > 0) {
      int wanted = (int) Math.ceil(traffic.sparsification().parameter() * count);
      if (wanted < numLeft) {
        bound = largest(magnitudes, count, wanted);
        int above = 0;
        for (int k = 0; k < count; k++) {
          above += magnitudes[k] > bound ? 1 : 0;
        }
        numAtBound = wanted - above; // the first of equal ones
      }
    }
    choose(newKeys, sums, bound, numAtBound);
  }

  private void choose(int @Nullable [] newKeys, double[] sums, double bound, int atBound) {
    int[] chosen = new int[sums.length];
    double[] kept = new double[sums.length];
    int numKept = 0;
    int atBoundLeft = atBound;
    for (int k = 0; k < sums.length; k++) {
      int key = newKeys == null ? k : newKeys[k];
      double magnitude = magnitudes[k];
      if (magnitude > bound || (magnitude == bound && atBoundLeft-- > 0)) {
        residual.set(key, 0);
        chosen[numKept] = key;
        kept[numKept++] = sums[k];
      } else {
        residual.set(key, sums[k]);
      }
    }
    keys = Arrays.copyOf(chosen, numKept);
    values = Arrays.copyOf(kept, numKept);
  }

  /** The wanted-th largest of the first {@code count} values (quickselect on a copy). */
  private static double largest(double[] values, int count, int wanted) {
    double[] left = Arrays.copyOf(values, count);
    int from = 0;
    int to = count - 1;
    int index = wanted - 1;
    while (from < to) {
      double pivot = left[(from + to) >>> 1];
      int i = from;
      int j = to;
      while (i <= j) {
        while (left[i] > pivot) {
          i++;
        }
        while (left[j] < pivot) {
          j--;
        }
        if (i <= j) {
          double swapped = left[i];
          left[i++] = left[j];
          left[j--] = swapped;
        }
      }
      if (index <= j) {
        to = j;
      } else if (index >= i) {
        from = i;
      } else {
        break;
      }
    }
    return left[index];
  }

  /**
   * Rounds {@code values()[from..to)}, which one shard gets, as the format will; the residual takes
   * what is lost.
   */
  public void round(int from, int to) {
    if (traffic.values() == ValueFormat.FLOAT64) {
      return;
    }
    double[] exact = Arrays.copyOfRange(values, from, to);
    traffic.values().round(values, from, to);
    int[] current = keys;
    for (int k = from; k < to; k++) {
      residual.set(current == null ? k : current[k], exact[k - from] - values[k]);
    }
  }

  /** Parameters that are sent, ascending, or null for all. */
  public int @Nullable [] keys() {
    return keys;
  }

  /** What is sent of them; the caller's until the next {@link #take}. */
  public double[] values() {
    return values;
  }

  /** What is owed of one parameter. */
  public double owed(int key) {
    return residual.at(key);
  }
}
