package dev.triptych.gossip.pairing;

/**
 * What nodes say to each other. Vectors belong to the message and do not change once it was sent.
 */
public sealed interface PairMessage {

  /** How many weights it carries: 0 or numParameters. */
  default int numValues() {
    return 0;
  }

  /**
   * "Average with me."
   *
   * @param number of the average, ascending over all that its starter starts, in all its attempts
   * @param weights x_i of the starter
   */
  record Request(long number, double[] weights) implements PairMessage {
    @Override
    public int numValues() {
      return weights.length;
    }
  }

  /**
   * "I have added (x_i − x_j)/2; add this."
   *
   * @param number of the request
   * @param difference (x_j − x_i)/2
   */
  record Answer(long number, double[] difference) implements PairMessage {
    @Override
    public int numValues() {
      return difference.length;
    }
  }

  /** "I have your answer; forget it." */
  record Settled(long number) implements PairMessage {}

  /** "Are you there?" */
  record Ping() implements PairMessage {}

  /** "I am." */
  record Alive() implements PairMessage {}

  /** "I am new here, what are your weights?" */
  record Pull() implements PairMessage {}

  /**
   * "These."
   *
   * @param weights of the sender
   */
  record Weights(double[] weights) implements PairMessage {
    @Override
    public int numValues() {
      return weights.length;
    }
  }
}
