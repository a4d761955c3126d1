package dev.triptych.gossip.exchange;

import dev.triptych.gossip.pairing.StepBudget.Grant;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a node says to the driver about its steps. Its bytes, big-endian: length and UTF-8 bytes of
 * the run's id, node, steps wanted, event (one byte), number of missed neighbours and each of them.
 * The reply: steps (int), first and progress (8 bytes each), closed and over (one byte each),
 * nanoseconds since the driver's clock was started (8 bytes).
 *
 * @param runId the run
 * @param node 0-based
 * @param wanted steps asked for
 * @param event what else there is to say
 * @param missing the neighbours it misses, ascending; only of {@link Event#MISSES}
 */
record BudgetMessage(String runId, int node, int wanted, Event event, List<Integer> missing) {
  enum Event {
    CLAIM,
    FINISHED,
    DIVERGED,
    MISSES
  }

  private static final Event[] EVENTS = Event.values();

  ByteBuffer encode() {
    byte[] id = runId.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(4 + id.length + 4 + 4 + 1 + 4 + 4 * missing.size())
            .putInt(id.length)
            .put(id)
            .putInt(node)
            .putInt(wanted)
            .put((byte) event.ordinal())
            .putInt(missing.size());
    missing.forEach(out::putInt);
    return out.flip();
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException if the bytes are none
   */
  static BudgetMessage decode(ByteBuffer in) {
    try {
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new IllegalArgumentException("claim with a run id of " + length + " bytes");
      }
      byte[] id = new byte[length];
      in.get(id);
      int node = in.getInt();
      int wanted = in.getInt();
      byte event = in.get();
      int numMissing = in.getInt();
      if (event < 0 || event >= EVENTS.length || wanted < 0 || numMissing * 4L != in.remaining()) {
        throw new IllegalArgumentException(
            String.format(
                "claim of %d steps, event %d, with %d nodes in %d bytes",
                wanted, event, numMissing, in.remaining()));
      }
      List<Integer> missing = new ArrayList<>();
      for (int k = 0; k < numMissing; k++) {
        missing.add(in.getInt());
      }
      return new BudgetMessage(
          new String(id, StandardCharsets.UTF_8), node, wanted, EVENTS[event], missing);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("claim ends too early", e);
    }
  }

  static ByteBuffer encodeReply(Grant grant, long elapsedNanos) {
    return ByteBuffer.allocate(4 + 8 + 8 + 1 + 1 + 8)
        .putInt(grant.steps())
        .putLong(grant.first())
        .putLong(grant.progress())
        .put((byte) (grant.closed() ? 1 : 0))
        .put((byte) (grant.over() ? 1 : 0))
        .putLong(elapsedNanos)
        .flip();
  }

  static GrantedSteps decodeReply(ByteBuffer in) {
    Grant grant = new Grant(in.getInt(), in.getLong(), in.getLong(), in.get() != 0, in.get() != 0);
    return new GrantedSteps(grant, in.getLong());
  }
}
