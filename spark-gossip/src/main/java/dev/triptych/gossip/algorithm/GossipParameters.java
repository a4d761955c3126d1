package dev.triptych.gossip.algorithm;

import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.compression.Compressor;
import dev.triptych.gossip.compression.Compressors;
import org.jspecify.annotations.Nullable;

/**
 * Parameters that single algorithms have.
 *
 * @param compressor of {@code choco}
 * @param consensusStepSize γ of {@code choco}, in (0, 1]; null for the compressor's own
 * @param momentum β of {@code quasi-global-momentum}, in [0, 1)
 */
public record GossipParameters(
    Compressor compressor, @Nullable Double consensusStepSize, double momentum) {
  /** What holds when nothing is asked for. */
  public static final GossipParameters DEFAULT =
      new GossipParameters(Compressors.byName("top-k"), null, 0.9);

  /**
   * @throws InvalidInputException if a number is out of its range
   */
  public GossipParameters {
    if (consensusStepSize != null && !(consensusStepSize > 0 && consensusStepSize <= 1)) {
      throw new InvalidInputException(
          "--consensus-step-size: expected a number above 0 and at most 1, got "
              + consensusStepSize);
    }
    if (!(momentum >= 0 && momentum < 1)) {
      throw new InvalidInputException(
          "--gossip-momentum: expected a number from 0 to below 1, got " + momentum);
    }
  }

  /** γ. */
  double gamma() {
    return consensusStepSize == null ? compressor.consensusStepSize() : consensusStepSize;
  }
}
