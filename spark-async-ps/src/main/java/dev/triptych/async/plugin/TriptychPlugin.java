package dev.triptych.async.plugin;

import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Set {@code spark.plugins=dev.triptych.async.plugin.TriptychPlugin} to run a parameter server
 * beside the tasks of every executor. Executors register with the driver, which keeps them in its
 * {@link ServerDirectory}.
 */
public final class TriptychPlugin implements SparkPlugin {
  @Override
  public DriverPlugin driverPlugin() {
    return new DriverSide();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorSide();
  }
}
