package dev.triptych.gossip.exchange;

/** A round's messages did not come in time; the message names run, round and neighbours. */
public class NeighbourTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NeighbourTimeoutException(String message) {
    super(message);
  }
}
