package dev.triptych.async.function;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a function sees of a shard: its part of the weights and of what the optimizer remembers
 * ({@code squared-sums} of AdaGrad, {@code z} and {@code n} of FTRL, …), to be read, and scratch
 * vectors of the same length, to be read and written, under names of the user's. Scratch vectors
 * live as long as the shard lives in its server: no checkpoint or replica has them. Not
 * thread-safe.
 */
public final class Slice {
  /** The name of the weights. */
  public static final String WEIGHTS = "weights";

  /** A shard keeps at most so many scratch vectors. */
  public static final int MAX_SCRATCH_VECTORS = 8;

  private final long first;
  private final VectorView weights;
  private final Map<String, VectorView> state;
  private final Map<String, ScratchVector> scratch;

  private Slice(
      long first,
      VectorView weights,
      Map<String, VectorView> state,
      Map<String, ScratchVector> scratch) {
    this.first = first;
    this.weights = weights;
    this.state = state;
    this.scratch = scratch;
  }

  /**
   * A shard with no scratch vectors yet.
   *
   * @param state what the optimizer remembers, by {@link
   *     dev.triptych.core.optimizer.Optimizer#stateNames name}
   */
  public static Slice of(long first, VectorView weights, Map<String, VectorView> state) {
    return new Slice(first, weights, Map.copyOf(state), new TreeMap<>());
  }

  /** Position 0 here is parameter {@code first()} of the model. */
  public long first() {
    return first;
  }

  /** Values in this shard. */
  public int length() {
    return weights.length();
  }

  /**
   * The weights, a vector of the optimizer's or a scratch vector.
   *
   * @throws IllegalArgumentException if there is no vector of this name
   */
  public VectorView vector(String name) {
    if (name.equals(WEIGHTS)) {
      return weights;
    }
    VectorView vector = state.containsKey(name) ? state.get(name) : scratch.get(name);
    if (vector == null) {
      throw new IllegalArgumentException(
          "no vector called %s; there are %s, the optimizer's %s and %s"
              .formatted(name, WEIGHTS, new TreeSet<>(state.keySet()), scratch.keySet()));
    }
    return vector;
  }

  /**
   * The scratch vector of this name, to be written; made of zeros when there is none.
   *
   * @throws IllegalArgumentException for {@link #WEIGHTS} and the optimizer's vectors, and when
   *     there are too many
   */
  public ScratchVector writable(String name) {
    if (name.equals(WEIGHTS) || state.containsKey(name)) {
      throw new IllegalArgumentException("only gradients change " + name);
    }
    ScratchVector vector = scratch.get(name);
    if (vector == null) {
      if (scratch.size() >= MAX_SCRATCH_VECTORS) {
        throw new IllegalArgumentException(
            "there are already %d scratch vectors: %s"
                .formatted(MAX_SCRATCH_VECTORS, scratch.keySet()));
      }
      vector = new ScratchVector(weights.length());
      scratch.put(name, vector);
    }
    return vector;
  }

  /** Forgets a scratch vector; nothing happens when there is none. */
  public void drop(String name) {
    scratch.remove(name);
  }
}
