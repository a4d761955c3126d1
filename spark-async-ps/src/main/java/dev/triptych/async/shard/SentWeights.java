package dev.triptych.async.shard;

import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.PagedVector;
import dev.triptych.async.store.Selection;
import java.nio.DoubleBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a worker was sent: w_read of the delay compensation, and what a worker that comes back is
 * sent again when the order of arrivals is recorded.
 *
 * @param clock of the pull
 * @param version of the shard when read
 * @param values in the order of the selection; never changed
 */
record SentWeights(long clock, long version, Selection selection, double[] values) {
  /** Copies the values if they view the live slice. */
  static SentWeights of(long clock, long version, Selection selection, DoubleBuffer values) {
    double[] copy = new double[values.remaining()];
    values.duplicate().get(copy);
    return new SentWeights(clock, version, selection, copy);
  }

  /**
   * g + λ g⊙g⊙(w − w_read), at the gradient's positions that were sent; the others stay.
   *
   * @param weights w of the slice now
   */
  Gradient compensate(Gradient gradient, PagedVector weights, double lambda) {
    double[] compensated = gradient.values().clone();
    int @Nullable [] pushed = gradient.positions();
    int @Nullable [] sent = selection.positions();
    int slot = 0;
    for (int k = 0; k < compensated.length; k++) {
      int position = pushed == null ? k : pushed[k];
      if (sent == null) {
        slot = position;
      } else {
        while (slot < sent.length && sent[slot] < position) {
          slot++;
        }
      }
      if (sent == null || (slot < sent.length && sent[slot] == position)) {
        double g = compensated[k];
        compensated[k] = g + lambda * g * g * (weights.get(position) - values[slot]);
      }
    }
    return pushed == null ? Gradient.dense(compensated) : Gradient.sparse(pushed, compensated);
  }
}
