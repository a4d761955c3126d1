package dev.triptych.async.plugin;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/** Keeps the directory while the application runs. */
final class DriverSide implements DriverPlugin {
  private final ServerDirectory directory = new ServerDirectory();

  @Override
  public Map<String, String> init(SparkContext spark, PluginContext context) {
    ServerDirectory.publish(directory);
    spark.addSparkListener(
        new SparkListener() {
          @Override
          public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
            directory.remove(removed.executorId());
          }
        });
    return Map.of();
  }

  /** Messages and answers are JDK types: Spark does not find our classes there. */
  @Override
  public Object receive(Object message) {
    directory.register(String.valueOf(message));
    return "registered";
  }

  @Override
  public void shutdown() {
    ServerDirectory.withdraw(directory);
  }
}
