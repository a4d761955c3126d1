package dev.triptych.async.api;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.spark.transport.Address;
import java.time.Duration;
import java.util.List;

/**
 * Settings of a run of one's own. Start at {@link #of}. Immutable.
 *
 * @param numParameters d
 * @param numWorkers N; all of them have to run at the same time
 * @param servers S shards; with stand-alone servers one for each
 * @param addresses of stand-alone servers; none: in the executors if they run the plugin {@link
 *     dev.triptych.async.plugin.TriptychPlugin}, else in the driver
 * @param optimizer applied by the servers
 * @param stepSize α; an epoch of its schedule is one push of every worker
 * @param consistency how far workers may run ahead
 * @param maxWait bound of every wait
 */
public record ParameterRunSettings(
    int numParameters,
    int numWorkers,
    int servers,
    List<Address> addresses,
    Optimizer optimizer,
    StepSize stepSize,
    Consistency consistency,
    Duration maxWait) {
  public ParameterRunSettings {
    addresses = List.copyOf(addresses);
    if (numParameters < 1 || numWorkers < 1) {
      throw new IllegalArgumentException(
          "a run needs parameters and workers, got %d and %d".formatted(numParameters, numWorkers));
    }
    if (servers < 1 || servers > numParameters) {
      throw new IllegalArgumentException(
          "%d servers for %d parameters".formatted(servers, numParameters));
    }
    if (!addresses.isEmpty() && addresses.size() != servers) {
      throw new IllegalArgumentException(
          "%d servers, but %d addresses".formatted(servers, addresses.size()));
    }
    if (maxWait.isNegative() || maxWait.isZero()) {
      throw new IllegalArgumentException("maxWait must be positive, got " + maxWait);
    }
  }

  /** One server, plain SGD with α = 0.1, nobody waits for anybody, waits of at most a minute. */
  public static ParameterRunSettings of(int numParameters, int numWorkers) {
    return new ParameterRunSettings(
        numParameters,
        numWorkers,
        1,
        List.of(),
        new Sgd(),
        StepSize.constant(0.1),
        Consistency.asp(),
        Duration.ofMinutes(1));
  }

  /** With S servers. */
  public ParameterRunSettings withServers(int number) {
    return new ParameterRunSettings(
        numParameters, numWorkers, number, List.of(), optimizer, stepSize, consistency, maxWait);
  }

  /** With stand-alone servers. */
  public ParameterRunSettings withServers(List<Address> at) {
    return new ParameterRunSettings(
        numParameters, numWorkers, at.size(), at, optimizer, stepSize, consistency, maxWait);
  }

  /** With another optimizer. */
  public ParameterRunSettings withOptimizer(Optimizer other, StepSize otherStepSize) {
    return new ParameterRunSettings(
        numParameters, numWorkers, servers, addresses, other, otherStepSize, consistency, maxWait);
  }

  /** With bsp, ssp or asp. */
  public ParameterRunSettings withConsistency(Consistency other) {
    return new ParameterRunSettings(
        numParameters, numWorkers, servers, addresses, optimizer, stepSize, other, maxWait);
  }

  /** With another bound of every wait. */
  public ParameterRunSettings withMaxWait(Duration other) {
    return new ParameterRunSettings(
        numParameters, numWorkers, servers, addresses, optimizer, stepSize, consistency, other);
  }
}
