package dev.triptych.core.model;

/** log Σ exp of scores, and what is made of it, without overflow. */
final class LogSumExp {
  private LogSumExp() {}

  /** log Σ_k exp(scores[at + k]). */
  static double of(double[] scores, int at, int count) {
    double most = scores[at + largest(scores, at, count)];
    double sum = 0;
    for (int k = at; k < at + count; k++) {
      sum += Math.exp(scores[k] - most);
    }
    return most + Math.log(sum);
  }

  /** The k with the largest score, the first of equals. */
  static int largest(double[] scores, int at, int count) {
    int largest = 0;
    for (int k = 1; k < count; k++) {
      if (scores[at + k] > scores[at + largest]) {
        largest = k;
      }
    }
    return largest;
  }

  /** scores[at + k] ← factor · (p_k − [k = label]); returns the loss −log p_label. */
  static double toDerivatives(double[] scores, int at, int count, int label, double factor) {
    double most = scores[at + largest(scores, at, count)];
    double ofLabel = scores[at + label] - most;
    double sum = 0;
    for (int k = at; k < at + count; k++) {
      scores[k] = Math.exp(scores[k] - most);
      sum += scores[k];
    }
    double share = factor / sum;
    for (int k = at; k < at + count; k++) {
      scores[k] *= share;
    }
    scores[at + label] -= factor;
    return Math.log(sum) - ofLabel;
  }
}
