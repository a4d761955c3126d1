package dev.triptych.gossip.control;

import dev.triptych.gossip.membership.Complaint;
import dev.triptych.spark.transport.Address;
import java.util.List;

/** What a task says to its run's {@link EpochControl}; {@link EpochCodec} has the bytes. */
sealed interface EpochRequest {
  /** The run that the request is for. */
  String runId();

  /** The number of the task, see {@link dev.triptych.gossip.membership.MembershipEpochs}. */
  long life();

  /** The task's nodes wait for the next epoch. The reply: {@link EpochReply}. */
  record Arrive(String runId, long life, List<Integer> nodes, List<Long> rounds, int after)
      implements EpochRequest {}

  /** The task's exchange is open. The reply: {@link EpochReply}. */
  record Ready(String runId, long life, int epoch, Address exchange) implements EpochRequest {}

  /** The task runs an epoch, or waits. The reply: {@link EpochReply}. */
  record Alive(String runId, long life, int epoch, List<Long> sentRounds) implements EpochRequest {}

  /** A node has waited too long. The reply: {@link EpochReply}. */
  record Complain(String runId, long life, int epoch, Complaint complaint)
      implements EpochRequest {}

  /** The run cannot go on. The reply: {@link EpochReply}. */
  record Stop(String runId, long life, String reason) implements EpochRequest {}
}
