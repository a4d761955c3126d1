package dev.triptych.sync;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What tasks say to the {@link ArrivalDesk}: a worker's mini-batch of a step is ready, answered
 * with nothing; or, with {@link #NOBODY}, whose mini-batches make up the step, answered once that
 * is decided with their number and the workers, big-endian; or, with {@link #FAILED}, that the task
 * fails, answered with nothing.
 */
record ArrivalMessage(String runId, long step, int worker) {
  static final int NOBODY = -1;
  static final int FAILED = -2;

  /** Step, worker, then the bytes of the run's id, big-endian. */
  ByteBuffer encode() {
    byte[] id = runId.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + id.length)
        .putLong(step)
        .putInt(worker)
        .put(id)
        .flip();
  }

  /**
   * @throws IllegalArgumentException if the bytes are no such message
   */
  static ArrivalMessage decode(ByteBuffer in) {
    try {
      long step = in.getLong();
      int worker = in.getInt();
      byte[] id = new byte[in.remaining()];
      in.get(id);
      return new ArrivalMessage(new String(id, StandardCharsets.UTF_8), step, worker);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("message about a mini-batch ends too early", e);
    }
  }

  static ByteBuffer encodeWorkers(List<Integer> workers) {
    ByteBuffer out = ByteBuffer.allocate(Integer.BYTES * (1 + workers.size()));
    out.putInt(workers.size());
    workers.forEach(out::putInt);
    return out.flip();
  }

  /**
   * @throws IllegalArgumentException if the bytes are no such answer
   */
  static List<Integer> decodeWorkers(ByteBuffer in) {
    if (in.remaining() < Integer.BYTES
        || in.getInt(in.position()) != in.remaining() / Integer.BYTES - 1) {
      throw new IllegalArgumentException("no answer about a step: " + in.remaining() + " bytes");
    }
    List<Integer> workers = new ArrayList<>();
    for (in.getInt(); in.hasRemaining(); ) {
      workers.add(in.getInt());
    }
    return List.copyOf(workers);
  }
}
