package dev.triptych.gossip.train;

import dev.triptych.core.training.StalenessHistogram;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one node did in a segment of an asynchronous run, in its last attempt. A plain class:
 * Spark's Kryo serializer cannot read records.
 */
final class PairEnd implements SegmentPart {
  private static final long serialVersionUID = 1L;

  final NodeEnd end;
  final int attempt;
  // Averages that it started and that were done.
  final long averages;
  final StalenessHistogram staleness;
  // Neighbours that it missed at some time.
  final int[] missed;
  // Only if asked for.
  final @Nullable PairState state;

  PairEnd(
      NodeEnd end,
      int attempt,
      long averages,
      StalenessHistogram staleness,
      List<Integer> missed,
      @Nullable PairState state) {
    this.end = end;
    this.attempt = attempt;
    this.averages = averages;
    this.staleness = staleness;
    this.missed = missed.stream().mapToInt(Integer::intValue).toArray();
    this.state = state;
  }

  @Override
  public long key() {
    return end.key();
  }
}
