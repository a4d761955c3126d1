package dev.triptych.async.worker;

/**
 * When a request is sent again, in nanoseconds.
 *
 * @param firstPause after the first loss; doubles with every further one
 * @param longestPause between two sendings after losses
 * @param resendAfter without an answer or a loss; {@link Long#MAX_VALUE} where nothing is lost
 *     unnoticed
 * @param maxWait bound of a call to all shards
 */
public record RetryRule(long firstPause, long longestPause, long resendAfter, long maxWait) {
  public RetryRule {
    if (firstPause < 1 || longestPause < firstPause || resendAfter < 1 || maxWait < 1) {
      throw new IllegalArgumentException(
          "pauses %d to %d, resend after %d, wait %d"
              .formatted(firstPause, longestPause, resendAfter, maxWait));
    }
  }

  /** For connections, which report what they lose: pauses of 20 ms to 1 s. */
  public static RetryRule connections(long maxWait) {
    return new RetryRule(20_000_000, 1_000_000_000, Long.MAX_VALUE, maxWait);
  }

  /** Like {@link #connections}, where a shard may have moved meanwhile: pauses of at most 0.1 s. */
  public static RetryRule movingShards(long maxWait) {
    return new RetryRule(20_000_000, 100_000_000, Long.MAX_VALUE, maxWait);
  }

  /** The pause before the next sending, after {@code numLosses} ≥ 1 losses in a row. */
  public long pause(int numLosses) {
    int doublings = Math.min(numLosses - 1, 30);
    return Math.min(longestPause, firstPause << Math.min(doublings, leadingRoom()));
  }

  private int leadingRoom() {
    return Math.max(0, Long.numberOfLeadingZeros(firstPause) - 1);
  }
}
