package dev.triptych.async.train;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRule;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.traffic.Traffic;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.transport.Address;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
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
    return of(run, servers, deployment, consistency, List.of());
  }

  /**
   * What every run on stand-alone servers must say; one shard for each of them unless {@link
   * #withServers} says otherwise.
   */
  public static AsyncSettings standalone(
      RunSettings run, List<Address> addresses, Consistency consistency) {
    return of(run, addresses.size(), Deployment.STANDALONE, consistency, addresses);
  }

  private static AsyncSettings of(
      RunSettings run,
      int servers,
      Deployment deployment,
      Consistency consistency,
      List<Address> addresses) {
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
        addresses,
        List.of());
  }

  /** The same settings with another delay rule. */
  public AsyncSettings withDelayRule(DelayRule other) {
    return with(parts -> parts.delayRule = other);
  }

  /** The same settings with another way to send gradients and weights. */
  public AsyncSettings withTraffic(Traffic other) {
    return with(parts -> parts.traffic = other);
  }

  /** The same settings, surviving more or less. */
  public AsyncSettings withDurability(Durability other) {
    return with(parts -> parts.durability = other);
  }

  /** The same settings with another number of shards. */
  public AsyncSettings withServers(int other) {
    return with(parts -> parts.servers = other);
  }

  /** The same settings with another time between two lines in the driver's log. */
  public AsyncSettings withProgressInterval(Duration other) {
    return with(parts -> parts.progressInterval = other);
  }

  /** The same settings, the final weights not collected: nothing of their size is on the driver. */
  public AsyncSettings withWeightsTo(WeightsSink taker) {
    return with(parts -> parts.sink = taker);
  }

  /** The same settings with another transport. */
  public AsyncSettings withTransport(Transport other) {
    return with(parts -> parts.transport = other);
  }

  /** The same settings, the order of arrivals recorded or replayed. */
  public AsyncSettings withOrders(OrderFiles other) {
    return with(parts -> parts.orders = other);
  }

  /** The same settings with server processes that may come later. */
  public AsyncSettings withSpares(List<Address> others) {
    return with(parts -> parts.spares = others);
  }

  private AsyncSettings with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return new AsyncSettings(
        run,
        parts.servers,
        deployment,
        consistency,
        parts.traffic,
        parts.delayRule,
        parts.durability,
        parts.progressInterval,
        parts.transport,
        parts.sink,
        parts.orders,
        addresses,
        parts.spares);
  }

  /** What may be changed afterwards. */
  private static final class Parts {
    int servers;
    Traffic traffic;
    DelayRule delayRule;
    Durability durability;
    Duration progressInterval;
    Transport transport;
    @Nullable WeightsSink sink;
    OrderFiles orders;
    List<Address> spares;

    Parts(AsyncSettings from) {
      servers = from.servers;
      traffic = from.traffic;
      delayRule = from.delayRule;
      durability = from.durability;
      progressInterval = from.progressInterval;
      transport = from.transport;
      sink = from.sink;
      orders = from.orders;
      spares = from.spares;
    }
  }
}
