package dev.triptych.gossip.compression;

import dev.triptych.gossip.message.Message;
import java.io.Serializable;

/** Q of Koloskova, Stich, Jaggi 2019 (assumption 1). Immutable and thread-safe. */
public interface Compressor extends Serializable {
  /** As on the command line, {@code top-k:0.1}. */
  String name();

  /**
   * Q(vector); the same seed gives the same message.
   *
   * @param vector read only
   */
  Message compress(double[] vector, long seed);

  /**
   * A consensus step size γ that works in practice: near 1 for a compressor that loses little,
   * small for one that loses much.
   */
  double consensusStepSize();
}
