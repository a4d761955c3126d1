package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.plugin.TriptychPlugin;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.spark.ProgressListener;
import dev.triptych.testing.SparkSessions;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Spark's own sinks, here JMX, and the driver's log tell about a run while it runs. */
@Timeout(300)
class MetricsIT {
  private static final Map<String, String> JMX =
      Map.of("spark.metrics.conf.*.sink.jmx.class", "org.apache.spark.metrics.sink.JmxSink");
  private static final int WORKERS = 2;

  @Test
  void aRunWithItsServerInTheDriverIsSeenThroughSparksJmxSink() throws Exception {
    try (SparkSession session = SparkSessions.local2(JMX)) {
      List<String> lines = new ArrayList<>();
      Seen seen = train(session, Deployment.DRIVER, "*.triptych.", lines);
      assertThat(seen.pushes).isPositive();
      assertThat(seen.staleness).isPositive();
      assertThat(seen.shards).isEqualTo(2);
      assertThat(beans("*.triptych.pushTime")).as("after the run").isEmpty();
      assertThat(lines)
          .isNotEmpty()
          .allMatch(line -> line.contains("updates/s") && line.contains("staleness mean"));
    }
  }

  @Test
  void thePluginsServersAreSeenThroughSparksJmxSink() throws Exception {
    Map<String, String> conf = new HashMap<>(JMX);
    conf.put("spark.plugins", TriptychPlugin.class.getName());
    try (SparkSession session = SparkSessions.local2(conf)) {
      Seen seen =
          train(
              session,
              Deployment.EXECUTORS,
              "*plugin." + TriptychPlugin.class.getName() + ".",
              new ArrayList<>());
      assertThat(seen.pushes).isPositive();
      assertThat(seen.staleness).isPositive();
      assertThat(seen.shards).isEqualTo(2);
    }
  }

  /** Largest values seen while the run ran. */
  private static final class Seen {
    private long pushes;
    private long staleness;
    private long shards;

    void look(String prefix) throws Exception {
      pushes = Math.max(pushes, number(prefix + "pushTime", "Count"));
      staleness = Math.max(staleness, number(prefix + "staleness", "Count"));
      shards = Math.max(shards, number(prefix + "shards", "Value"));
    }
  }

  private static Seen train(
      SparkSession session, Deployment deployment, String prefix, List<String> lines)
      throws Exception {
    Objective objective =
        new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);
    List<ExampleBlock> blocks = Problems.logistic(WORKERS, 400);
    Seen seen = new Seen();
    ProgressListener progress =
        (done, total) -> {
          try {
            seen.look(prefix);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        };
    AsyncSettings settings =
        AsyncSettings.of(
                Problems.settings(WORKERS, 60, 4, 0.01, new Sgd()),
                2,
                deployment,
                Consistency.asp())
            .withProgressInterval(Duration.ofMillis(1));
    try (Recorder unused = Recorder.of(JobWatch.class, lines)) {
      new AsyncTrainer()
          .train(
              objective,
              Problems.data(new JavaSparkContext(session.sparkContext()), blocks),
              settings,
              progress);
    }
    return seen;
  }

  private static List<ObjectName> beans(String name) throws Exception {
    return List.copyOf(
        ManagementFactory.getPlatformMBeanServer()
            .queryNames(new ObjectName("metrics:name=" + name + ",*"), null));
  }

  private static long number(String name, String attribute) throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    long largest = 0;
    for (ObjectName bean : beans(name)) {
      largest = Math.max(largest, ((Number) server.getAttribute(bean, attribute)).longValue());
    }
    return largest;
  }

  /** Keeps what a class logs. */
  private static final class Recorder extends AbstractAppender implements AutoCloseable {
    private final Logger logger;
    private final List<String> lines;
    private final Level before;

    private Recorder(Logger logger, List<String> lines) {
      super("recorder", null, null, true, Property.EMPTY_ARRAY);
      this.logger = logger;
      this.lines = lines;
      this.before = logger.getLevel();
    }

    static Recorder of(Class<?> type, List<String> lines) {
      Recorder recorder = new Recorder((Logger) LogManager.getLogger(type), lines);
      recorder.start();
      recorder.logger.addAppender(recorder);
      recorder.logger.setLevel(Level.INFO);
      return recorder;
    }

    @Override
    public synchronized void append(LogEvent event) {
      lines.add(event.getMessage().getFormattedMessage());
    }

    @Override
    public void close() {
      logger.removeAppender(this);
      logger.setLevel(before);
    }
  }
}
