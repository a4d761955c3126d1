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
 */
public record Traffic(
    ValueFormat values, Compression compression, Sparsification sparsification, boolean kktFilter)
    implements Serializable {

  /** Doubles, uncompressed, all of them. */
  public static Traffic plain() {
    return new Traffic(ValueFormat.FLOAT64, Compression.NONE, Sparsification.none(), false);
  }

  /** The same with another format of values. */
  public Traffic withValues(ValueFormat other) {
    return new Traffic(other, compression, sparsification, kktFilter);
  }

  /** The same with another compression. */
  public Traffic withCompression(Compression other) {
    return new Traffic(values, other, sparsification, kktFilter);
  }

  /** The same with another sparsification. */
  public Traffic withSparsification(Sparsification other) {
    return new Traffic(values, compression, other, kktFilter);
  }

  /** The same with or without the filter. */
  public Traffic withKktFilter(boolean on) {
    return new Traffic(values, compression, sparsification, on);
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
  }
}
