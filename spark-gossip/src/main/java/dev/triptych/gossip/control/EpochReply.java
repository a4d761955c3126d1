package dev.triptych.gossip.control;

import dev.triptych.gossip.membership.Epoch;
import dev.triptych.spark.transport.Address;
import java.util.Map;

/** What the driver answers; {@link EpochCodec} has the bytes. */
sealed interface EpochReply {
  /** Nothing to tell yet: ask again. */
  record Wait() implements EpochReply {}

  /** Open this epoch. */
  record Open(Epoch epoch) implements EpochReply {}

  /** Run it, or go on; to a task that is ready with the place of every member. */
  record Go(Map<Integer, Address> members) implements EpochReply {}

  /** The epoch is over; arrive for the next one. */
  record Reform() implements EpochReply {}

  /**
   * There is no further epoch.
   *
   * @param reason why the run stopped, empty if all rounds are done
   */
  record Over(String reason) implements EpochReply {}
}
