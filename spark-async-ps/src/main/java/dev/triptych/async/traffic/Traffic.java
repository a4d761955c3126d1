package dev.triptych.async.traffic;

import java.io.Serializable;
import java.util.Map;

/**
 * How a run's gradients and weights travel. What loses nothing (the smallest form of keys, names
 * for keys that were sent before) is always on; the rest is off unless asked for. Start at {@link
 * #plain}.
 *
 * @param values format of gradients; weights come in the same, but as float32 for int8
 * @param compression of whole messages
 * @param sparsification of gradients
 * @param kktFilter whether small gradients of zero weights are kept back, for FTRL with λ₁ &gt; 0
 * @param pushEvery H: a worker pulls once, computes the gradients of H mini-batches at these
 *     weights and pushes their mean once (gradient accumulation). A push is one tick of its clock
 *     and one update, and counts the examples of all H mini-batches, so that epochs mean what they
 *     did. By the mean a push is the gradient of one mini-batch H times as large, and a step size
 *     keeps its meaning; whoever wants the sum multiplies it by H (Goyal et al., Accurate, Large
 *     Minibatch SGD, 2017). Local steps between pushes, as in Downpour SGD (Dean et al., NIPS 2012)
 *     with n_push = n_fetch = H, are not made here. H = 1 is bit for bit plain SGD
 */
public record Traffic(
    ValueFormat values,
    Compression compression,
    Sparsification sparsification,
    boolean kktFilter,
    int pushEvery)
    implements Serializable {
  public Traffic {
    if (pushEvery < 1) {
      throw new IllegalArgumentException("at least one mini-batch a push, got " + pushEvery);
    }
  }

  /** Doubles, uncompressed, all of them. */
  public static Traffic plain() {
    return new Traffic(ValueFormat.FLOAT64, Compression.NONE, Sparsification.none(), false, 1);
  }

  /** The same with another format of values. */
  public Traffic withValues(ValueFormat other) {
    return new Traffic(other, compression, sparsification, kktFilter, pushEvery);
  }

  /** The same with another compression. */
  public Traffic withCompression(Compression other) {
    return new Traffic(values, other, sparsification, kktFilter, pushEvery);
  }

  /** The same with another sparsification. */
  public Traffic withSparsification(Sparsification other) {
    return new Traffic(values, compression, other, kktFilter, pushEvery);
  }

  /** The same with or without the filter. */
  public Traffic withKktFilter(boolean on) {
    return new Traffic(values, compression, sparsification, on, pushEvery);
  }

  /** The same with another number of mini-batches behind each push. */
  public Traffic withPushEvery(int other) {
    return new Traffic(values, compression, sparsification, kktFilter, other);
  }

  /**
   * Format of pulled weights. A worker cannot correct what was lost in them, so one byte is too
   * little: 1/254 of a block's largest weight would hide most updates.
   */
  public ValueFormat weights() {
    return values == ValueFormat.INT8 ? ValueFormat.FLOAT32 : values;
  }

  /** Whether gradients are pushed in part or rounded, so that a residual has to be kept. */
  public boolean isLossy() {
    return values != ValueFormat.FLOAT64
        || sparsification.kind() != Sparsification.Kind.NONE
        || kktFilter;
  }

  /** Adds what is not the default. */
  public void describe(Map<String, String> words) {
    if (values != ValueFormat.FLOAT64) {
      words.put("wire", values.optionName());
    }
    if (compression != Compression.NONE) {
      words.put("compression", compression.optionName());
    }
    if (sparsification.kind() != Sparsification.Kind.NONE) {
      words.put("sparsify", sparsification.toString());
    }
    if (kktFilter) {
      words.put("kktFilter", "on");
    }
    if (pushEvery > 1) {
      words.put("push-every", pushEvery + " mini-batches");
    }
  }
}
