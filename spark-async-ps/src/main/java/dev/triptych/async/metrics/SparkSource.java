package dev.triptych.async.metrics;

import com.codahale.metrics.MetricRegistry;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * A server's metrics among those of the Spark process it runs in, under the name {@code triptych},
 * for as long as this is open: whatever sinks Spark is configured with then see them.
 */
public final class SparkSource implements Source, AutoCloseable {
  private final MetricRegistry registry;
  private final SparkEnv env;

  private SparkSource(MetricRegistry registry, SparkEnv env) {
    this.registry = registry;
    this.env = env;
  }

  /** Adds the registry's metrics to those of the running Spark process. */
  public static SparkSource open(MetricRegistry registry) {
    SparkSource source = new SparkSource(registry, SparkEnv.get());
    source.env.metricsSystem().registerSource(source);
    return source;
  }

  @Override
  public String sourceName() {
    return "triptych";
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  @Override
  public void close() {
    env.metricsSystem().removeSource(this);
  }
}
