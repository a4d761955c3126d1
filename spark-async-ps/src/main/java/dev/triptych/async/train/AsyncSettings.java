package dev.triptych.async.train;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRule;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.traffic.Traffic;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.transport.Address;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the asynchronous trainer. Start at {@link #of}, which leaves everything else at its
 * default.
 *
 * @param run what all modes share
 * @param servers S ≥ 1 shards
 * @param deployment where the shards live
 * @param consistency how far workers may run ahead
 * @param traffic how gradients and weights travel
 * @param delayRule what becomes of gradients computed from old weights
 * @param durability what the run survives
 * @param progressInterval between two lines in the driver's log
 * @param transport how gradients reach the weights; all but sockets need workers of one process and
 *     make servers and everything about them meaningless
 * @param sink takes the final weights from the servers; null when the driver collects them
 * @param orders whether the order of arrivals is recorded or replayed
 * @param addresses of the server processes of {@link Deployment#STANDALONE}, else none
 * @param spares server processes that need not be there yet: they get shards and backups when they
 *     come
 */
public record AsyncSettings(
    RunSettings run,
    int servers,
    Deployment deployment,
    Consistency consistency,
    Traffic traffic,
    DelayRule delayRule,
    Durability durability,
    Duration progressInterval,
    Transport transport,
    @Nullable WeightsSink sink,
    OrderFiles orders,
    List<Address> addresses,
    List<Address> spares) {
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(10);

  public AsyncSettings {
    addresses = List.copyOf(addresses);
    spares = List.copyOf(spares);
    if (addresses.isEmpty() == (deployment == Deployment.STANDALONE)) {
      throw new IllegalArgumentException(deployment + " with servers at " + addresses);
    }
    if (servers < 1) {
      throw new IllegalArgumentException("servers must be at least 1, got " + servers);
    }
  }

  /** What every run on servers of its own must say. */
  public static AsyncSettings of(
      RunSettings run, int servers, Deployment deployment, Consistency consistency) {
    return new AsyncSettings(
        run,
        servers,
        deployment,
        consistency,
        Traffic.plain(),
        DelayRules.none(),
        Durability.none(),
        PROGRESS_INTERVAL,
        Transport.SOCKET,
        null,
        OrderFiles.none(),
        List.of(),
        List.of());
  }

  /**
   * What every run on stand-alone servers must say; one shard for each of them unless {@link
   * #withServers} says otherwise.
   */
  public static AsyncSettings standalone(
      RunSettings run, List<Address> addresses, Consistency consistency) {
    return new AsyncSettings(
        run,
        addresses.size(),
        Deployment.STANDALONE,
        consistency,
        Traffic.plain(),
        DelayRules.none(),
        Durability.none(),
        PROGRESS_INTERVAL,
        Transport.SOCKET,
        null,
        OrderFiles.none(),
        addresses,
        List.of());
  }

  /** The same settings with another delay rule. */
  public AsyncSettings withDelayRule(DelayRule other) {
    return new AsyncSettings(
        run,
        servers,
        deployment,
        consistency,
        traffic,
        other,
        durability,
        progressInterval,
        transport,
        sink,
        orders,
        addresses,
        spares);
  }

  /** The same settings with another way to send gradients and weights. */
  public AsyncSettings withTraffic(Traffic other) {
    return new AsyncSettings(
        run,
        servers,
        deployment,
        consistency,
        other,
        delayRule,
        durability,
        progressInterval,
        transport,
        sink,
        orders,
        addresses,
        spares);
  }

  /** The same settings, surviving more or less. */
  public AsyncSettings withDurability(Durability other) {
    return new AsyncSettings(
        run,
        servers,
        deployment,
        consistency,
        traffic,
        delayRule,
        other,
        progressInterval,
        transport,
        sink,
        orders,
        addresses,
        spares);
  }

  /** The same settings with another number of shards. */
  public AsyncSettings withServers(int other) {
    return new AsyncSettings(
        run,
        other,
        deployment,
        consistency,
        traffic,
        delayRule,
        durability,
        progressInterval,
        transport,
        sink,
        orders,
        addresses,
        spares);
  }

  /** The same settings with another time between two lines in the driver's log. */
  public AsyncSettings withProgressInterval(Duration other) {
    return new AsyncSettings(
        run,
        servers,
        deployment,
        consistency,
        traffic,
        delayRule,
        durability,
        other,
        transport,
        sink,
        orders,
        addresses,
        spares);
  }

  /** The same settings, the final weights not collected: nothing of their size is on the driver. */
  public AsyncSettings withWeightsTo(WeightsSink taker) {
    return new AsyncSettings(
        run,
        servers,
        deployment,
        consistency,
        traffic,
        delayRule,
        durability,
        progressInterval,
        transport,
        taker,
        orders,
        addresses,
        spares);
  }

  /** The same settings with another transport. */
  public AsyncSettings withTransport(Transport other) {
    return new AsyncSettings(
        run,
        servers,
        deployment,
        consistency,
        traffic,
        delayRule,
        durability,
        progressInterval,
        other,
        sink,
        orders,
        addresses,
        spares);
  }

  /** The same settings, the order of arrivals recorded or replayed. */
  public AsyncSettings withOrders(OrderFiles other) {
    return new AsyncSettings(
        run,
        servers,
        deployment,
        consistency,
        traffic,
        delayRule,
        durability,
        progressInterval,
        transport,
        sink,
        other,
        addresses,
        spares);
  }

  /** The same settings with server processes that may come later. */
  public AsyncSettings withSpares(List<Address> others) {
    return new AsyncSettings(
        run,
        servers,
        deployment,
        consistency,
        traffic,
        delayRule,
        durability,
        progressInterval,
        transport,
        sink,
        orders,
        addresses,
        others);
  }
}
