package dev.triptych.async.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.LockFreeExponentiallyDecayingReservoir;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.training.StalenessHistogram;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * The metrics of one server in a Dropwizard registry: Spark's own, or that of a stand-alone
 * process. Thread-safe.
 *
 * <table>
 * <caption>Names</caption>
 * <tr><td>{@code pushTime}, {@code pullTime}, {@code controlTime}</td><td>timers: how many, how
 *     often, and how long from a request's arrival to its answer; a parked pull's wait counts
 * </td></tr>
 * <tr><td>{@code bytesReceived}, {@code bytesSent}</td><td>meters of payload</td></tr>
 * <tr><td>{@code malformed}, {@code failed}</td><td>counters: bytes that were no request, requests
 *     that failed</td></tr>
 * <tr><td>{@code shards}, {@code queueDepth}, {@code parkedPulls}</td><td>gauges: now</td></tr>
 * <tr><td>{@code updates}, {@code duplicates}, {@code fenced}, {@code maxClockGap}</td><td>gauges
 *     over the shards that are here now: the largest, sums, the largest</td></tr>
 * <tr><td>{@code staleness}</td><td>histogram of all gradients applied in those shards</td></tr>
 * </table>
 */
public final class ServerMetrics {
  private static final long MAX_AGE_NANOS = 500_000_000L;

  private final MetricRegistry registry;
  private final Timer pushTime;
  private final Timer pullTime;
  private final Timer controlTime;
  private final Meter bytesReceived;
  private final Meter bytesSent;
  private final Counter malformed;
  private final Counter failed;
  private volatile HostedShards shards = new NoShards();
  // Both under the lock: several gauges are read at a time, shards are asked once.
  private List<ShardStatus> statuses = List.of();
  private long statusesAt = System.nanoTime() - MAX_AGE_NANOS;

  /** Registers all metrics. */
  public ServerMetrics(MetricRegistry registry) {
    this.registry = registry;
    pushTime = registry.register("pushTime", timer());
    pullTime = registry.register("pullTime", timer());
    controlTime = registry.register("controlTime", timer());
    bytesReceived = registry.meter("bytesReceived");
    bytesSent = registry.meter("bytesSent");
    malformed = registry.counter("malformed");
    failed = registry.counter("failed");
    gauge("shards", () -> (long) shards.numShards());
    gauge("queueDepth", () -> (long) shards.queueDepth());
    gauge("parkedPulls", () -> sum(ShardStatus::numParked));
    gauge("updates", () -> max(ShardStatus::version));
    gauge("duplicates", () -> sum(ShardStatus::numDuplicates));
    gauge("fenced", () -> sum(ShardStatus::numFenced));
    gauge("maxClockGap", () -> max(ShardStatus::maxClockGap));
    registry.register("staleness", new StalenessMetric(this::staleness));
  }

  /** Where they are registered. */
  public MetricRegistry registry() {
    return registry;
  }

  /** From now on the gauges tell about these shards. */
  public void observe(HostedShards hosted) {
    shards = hosted;
  }

  /** A request was answered this long after it had come in. */
  public void answered(Kind kind, long nanos) {
    Timer timer =
        switch (kind) {
          case PUSH -> pushTime;
          case PULL -> pullTime;
          case CONTROL -> controlTime;
        };
    timer.update(nanos, TimeUnit.NANOSECONDS);
  }

  /** Bytes of a request. */
  public void received(int bytes) {
    bytesReceived.mark(bytes);
  }

  /** Bytes of an answer. */
  public void sent(int bytes) {
    bytesSent.mark(bytes);
  }

  /** Bytes that were no request came in. */
  public void malformed() {
    malformed.inc();
  }

  /** A request failed. */
  public void failed() {
    failed.inc();
  }

  /** Of all gradients applied in the shards that are here now. */
  StalenessHistogram staleness() {
    long[] counts = new long[StalenessHistogram.MAX_BIN + 1];
    long sum = 0;
    long max = 0;
    for (ShardStatus status : statuses()) {
      long[] more = status.staleness().counts();
      for (int delay = 0; delay < more.length; delay++) {
        counts[delay] += more[delay];
      }
      sum += status.staleness().sum();
      max = Math.max(max, status.staleness().max());
    }
    return StalenessHistogram.of(counts, sum, max);
  }

  private synchronized List<ShardStatus> statuses() {
    long now = System.nanoTime();
    if (now - statusesAt >= MAX_AGE_NANOS) {
      statuses = shards.statuses();
      statusesAt = now;
    }
    return statuses;
  }

  private long sum(ToLongFunction<ShardStatus> number) {
    return statuses().stream().mapToLong(number).sum();
  }

  private long max(ToLongFunction<ShardStatus> number) {
    return statuses().stream().mapToLong(number).max().orElse(0);
  }

  private void gauge(String name, Gauge<Long> gauge) {
    registry.registerGauge(name, gauge);
  }

  private static Timer timer() {
    return new Timer(LockFreeExponentiallyDecayingReservoir.builder().build());
  }

  /** Of requests. */
  public enum Kind {
    /** With the next pull or without. */
    PUSH,
    PULL,
    /** Everything else. */
    CONTROL
  }

  private static final class NoShards implements HostedShards {
    @Override
    public int numShards() {
      return 0;
    }

    @Override
    public int queueDepth() {
      return 0;
    }

    @Override
    public List<ShardStatus> statuses() {
      return List.of();
    }
  }
}
