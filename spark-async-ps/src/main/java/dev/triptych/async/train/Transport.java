package dev.triptych.async.train;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRule;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.memory.SharedWeights;
import dev.triptych.core.InvalidInputException;
import java.util.Arrays;
import java.util.List;

/** How gradients of an asynchronous run reach the weights. */
public enum Transport {
  /** Messages to parameter servers, over sockets. */
  SOCKET("socket"),
  /**
   * Hogwild: all workers of one process change one array without locks, so that updates may be lost
   * and no run is like another ({@link dev.triptych.async.memory.SharedWeights}).
   */
  MEMORY("memory"),
  /** The same array behind one lock: no update is lost and none is seen half. */
  LOCKED("locked");

  private final String optionName;

  Transport(String optionName) {
    this.optionName = optionName;
  }

  /** Name on the command line. */
  public String optionName() {
    return optionName;
  }

  /** Names on the command line. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Transport::optionName).toList();
  }

  /**
   * Refuses what shared memory cannot do.
   *
   * @param optimizer its name
   * @throws InvalidInputException says what was expected
   */
  public void check(Consistency consistency, DelayRule delayRule, String optimizer) {
    if (this == SOCKET) {
      return;
    }
    if (consistency.kind() != Consistency.Kind.ASP) {
      throw new InvalidInputException(
          "--transport %s: nobody waits in shared memory; expected --consistency asp, got %s"
              .formatted(optionName, consistency.kind().optionName()));
    }
    if (!delayRule.equals(DelayRules.none())) {
      throw new InvalidInputException(
          "--transport %s: there are no delay rules in shared memory".formatted(optionName));
    }
    if (!SharedWeights.optimizers().contains(optimizer)) {
      throw new InvalidInputException(
          "--transport %s: expected --optimizer %s, got %s"
              .formatted(optionName, String.join(" or ", SharedWeights.optimizers()), optimizer));
    }
  }

  /**
   * Refuses a cluster whose workers do not share a process.
   *
   * @param local whether everything runs in the driver's process
   * @throws InvalidInputException says what was expected
   */
  public void checkMaster(boolean local, String master) {
    if (this != SOCKET && !local) {
      throw new InvalidInputException(
          "--transport %s: all workers have to share one process, as with --master local[N]; got %s"
              .formatted(optionName, master));
    }
  }
}
