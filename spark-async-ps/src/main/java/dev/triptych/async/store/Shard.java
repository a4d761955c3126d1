package dev.triptych.async.store;

import dev.triptych.core.model.InitialWeights;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One slice of the weights with its optimizer state, page by page: only pages that a gradient has
 * touched take memory. The version is the number of updates applied; all start at zero. Not
 * thread-safe: one owner.
 */
public final class Shard {
  private static final double[] NONE = {};

  private final Optimizer optimizer;
  private final PagedVector weights;
  private final PagedVector[] state;
  private long version;
  private double @Nullable [] scratch;

  /** A slice of {@code length} zero weights. */
  public Shard(int length, Optimizer optimizer) {
    this.optimizer = optimizer;
    weights = new PagedVector(length);
    state = new PagedVector[optimizer.numStateVectors()];
    for (int k = 0; k < state.length; k++) {
      state[k] = new PagedVector(length);
    }
  }

  /** A slice that starts elsewhere: pages with a weight that is not zero take memory at once. */
  public Shard(int length, Optimizer optimizer, InitialWeights initial) {
    this(length, optimizer);
    if (!initial.areZero()) {
      for (int page = 0; page < weights.numPages(); page++) {
        start(page, initial);
      }
    }
  }

  private void start(int page, InitialWeights initial) {
    int start = weights.start(page);
    for (int k = 0; k < weights.lengthOf(page); k++) {
      double weight = initial.at(start + k);
      if (weight != 0) {
        weights.own(page)[k] = weight;
      }
    }
  }

  private Shard(StateReader in, int length, Optimizer optimizer) throws IOException {
    this.optimizer = optimizer;
    version = in.readLong();
    weights = PagedVector.read(in, length);
    state = new PagedVector[optimizer.numStateVectors()];
    for (int k = 0; k < state.length; k++) {
      state[k] = PagedVector.read(in, length);
    }
  }

  /** The counterpart of {@link #writeTo}. */
  public static Shard read(StateReader in, int length, Optimizer optimizer) throws IOException {
    return new Shard(in, length, optimizer);
  }

  /** Weights, optimizer state and version. */
  public void writeTo(StateWriter out) throws IOException {
    out.putLong(version);
    weights.writeTo(out);
    for (PagedVector vector : state) {
      vector.writeTo(out);
    }
  }

  public int length() {
    return weights.length();
  }

  /** Updates applied so far. */
  public long version() {
    return version;
  }

  /** The live weights; changed by the next {@link #apply}. */
  public PagedVector weights() {
    return weights;
  }

  /** What the optimizer remembers, live, in the order of {@link Optimizer#stateNames}. */
  public PagedVector state(int vector) {
    return state[vector];
  }

  /** Memory of weights and optimizer state. */
  public long allocatedBytes() {
    long bytes = weights.allocatedBytes();
    for (PagedVector vector : state) {
      bytes += vector.allocatedBytes();
    }
    return bytes;
  }

  /**
   * One update: w ← opt(w, g) with step size α, with the bits of an update of the whole slice.
   *
   * @param gradient must {@linkplain Gradient#fits fit} the slice
   */
  public void apply(Gradient gradient, double stepSize) {
    version++;
    Selection selection = gradient.selection();
    int[] starts = selection.starts();
    int[] ends = selection.ends();
    if (selection.isAll()) {
      applyDense(gradient.values(), stepSize);
    } else if (optimizer.movesWithoutGradient()) {
      int[] positions = selection.positions();
      applyMoving(positions == null ? new int[0] : positions, gradient.values(), stepSize);
    } else if (starts != null && ends != null) {
      int from = 0;
      for (int run = 0; run < starts.length; run++) {
        applyRun(starts[run], ends[run], gradient.values(), from, stepSize);
        from += ends[run] - starts[run];
      }
    } else {
      int[] positions = selection.positions();
      applyKeys(positions == null ? new int[0] : positions, gradient.values(), stepSize);
    }
  }

  /** A page that has nothing and gets nothing stays away. */
  private void applyDense(double[] values, double stepSize) {
    for (int page = 0; page < weights.numPages(); page++) {
      int from = weights.start(page);
      int length = weights.lengthOf(page);
      if (hasState(page) || !isZero(values, from, length)) {
        update(page, 0, length, values, from, stepSize);
      }
    }
  }

  private void applyRun(int start, int end, double[] values, int from, double stepSize) {
    int position = start;
    while (position < end) {
      int page = weights.pageOf(position);
      int offset = weights.offsetOf(position);
      int length = Math.min(end - position, weights.lengthOf(page) - offset);
      update(page, offset, length, values, from + position - start, stepSize);
      position += length;
    }
  }

  private void applyKeys(int[] positions, double[] values, double stepSize) {
    int k = 0;
    while (k < positions.length) {
      int page = weights.pageOf(positions[k]);
      int end = weights.endInPage(positions, k, positions.length);
      optimizer.applyKeys(
          weights.own(page),
          stateOf(page, 0),
          stateOf(page, 1),
          weights.start(page),
          positions,
          values,
          k,
          end,
          stepSize,
          version);
      k = end;
    }
  }

  /** Every page that has state moves, with zeros where the gradient has nothing. */
  private void applyMoving(int[] positions, double[] values, double stepSize) {
    double[] dense = scratch;
    if (dense == null) {
      dense = new double[weights.lengthOf(0)];
      scratch = dense;
    }
    int k = 0;
    for (int page = 0; page < weights.numPages(); page++) {
      int base = weights.start(page);
      int end = k;
      if (k < positions.length && weights.pageOf(positions[k]) == page) {
        end = weights.endInPage(positions, k, positions.length);
      }
      for (int i = k; i < end; i++) {
        dense[positions[i] - base] = values[i];
      }
      if (end > k || hasState(page)) {
        update(page, 0, weights.lengthOf(page), dense, 0, stepSize);
      }
      for (int i = k; i < end; i++) {
        dense[positions[i] - base] = 0;
      }
      k = end;
    }
  }

  private void update(
      int page, int offset, int length, double[] values, int from, double stepSize) {
    optimizer.applyRange(
        weights.own(page),
        stateOf(page, 0),
        stateOf(page, 1),
        offset,
        length,
        values,
        from,
        stepSize,
        version);
  }

  private double[] stateOf(int page, int vector) {
    return vector < state.length ? state[vector].own(page) : NONE;
  }

  private boolean hasState(int page) {
    for (PagedVector vector : state) {
      if (vector.page(page) != null) {
        return true;
      }
    }
    return false;
  }

  private static boolean isZero(double[] values, int from, int length) {
    for (int j = from; j < from + length; j++) {
      if (values[j] != 0) {
        return false;
      }
    }
    return true;
  }
}
