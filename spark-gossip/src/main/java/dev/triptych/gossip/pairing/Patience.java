package dev.triptych.gossip.pairing;

/**
 * How long a node waits, in nanoseconds.
 *
 * @param retry until it says again what got no answer
 * @param patience until it goes on without an answer, and asks a neighbour that was quiet for as
 *     long whether it is there; three times as long makes a neighbour count as gone
 */
public record Patience(long retry, long patience) {
  public Patience {
    if (retry <= 0 || patience <= 0) {
      throw new IllegalArgumentException(
          "waiting takes time, got " + retry + " and " + patience + " ns");
    }
  }
}
