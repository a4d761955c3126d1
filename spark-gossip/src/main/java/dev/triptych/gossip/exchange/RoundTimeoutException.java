package dev.triptych.gossip.exchange;

import java.util.Arrays;
import java.util.List;

/** A round's messages did not come in time; the message names run, round and neighbours. */
public final class RoundTimeoutException extends NeighbourTimeoutException {
  private static final long serialVersionUID = 1L;

  private final long round;
  private final int[] missing;

  RoundTimeoutException(String message, long round, int[] missing) {
    super(message);
    this.round = round;
    this.missing = missing;
  }

  /** The round that did not end. */
  public long round() {
    return round;
  }

  /** The neighbours that were not heard, ascending. */
  public List<Integer> missing() {
    return Arrays.stream(missing).boxed().toList();
  }
}
