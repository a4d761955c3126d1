package dev.triptych.spark.control;

import dev.triptych.spark.transport.Address;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a task says to its run's {@link RunControl}; {@link ControlCodec} has the bytes. */
sealed interface ControlMessage {
  /** The run that the message is for. */
  String runId();

  /**
   * Workers are here. The reply, when all workers are: everybody's {@link Address}.
   *
   * @param workers hosted by the task
   * @param attempt of the task
   * @param exchange where peers reach the task
   */
  record Join(String runId, List<Integer> workers, int attempt, @Nullable Address exchange)
      implements ControlMessage {}

  /** A worker's progress. The reply: the reason to stop, if there is one. */
  record Report(String runId, int worker, long updates) implements ControlMessage {}

  /** Where is everybody now? The reply: everybody's {@link Address}. */
  record Lookup(String runId) implements ControlMessage {}
}
