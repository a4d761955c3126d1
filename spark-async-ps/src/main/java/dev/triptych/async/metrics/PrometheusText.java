package dev.triptych.async.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.Timer;
import dev.triptych.core.training.StalenessHistogram;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A server's metrics in Prometheus' text format 0.0.4. Names are {@code triptych_server_} and the
 * metric's name in snake case; times are seconds.
 */
public final class PrometheusText {
  /** Of the HTTP answer. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double NANOS_PER_SECOND = 1e9;

  private final StringBuilder text = new StringBuilder();

  private PrometheusText() {}

  /** All metrics as they are now. */
  public static String of(ServerMetrics metrics) {
    PrometheusText page = new PrometheusText();
    for (Map.Entry<String, Metric> entry :
        new TreeMap<>(metrics.registry().getMetrics()).entrySet()) {
      page.add(nameOf(entry.getKey()), entry.getValue());
    }
    return page.text.toString();
  }

  private void add(String name, Metric metric) {
    if (metric instanceof Counter counter) {
      counter(name, counter.getCount());
    } else if (metric instanceof Meter meter) {
      counter(name, meter.getCount());
    } else if (metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number) {
      type(name, "gauge");
      line(name, number.doubleValue());
    } else if (metric instanceof Timer timer) {
      summary(name.replaceAll("_time$", "_seconds"), timer);
    } else if (metric instanceof StalenessMetric staleness) {
      histogram(name, staleness.exact());
    }
  }

  private void counter(String name, long count) {
    type(name + "_total", "counter");
    line(name + "_total", count);
  }

  private void summary(String name, Timer timer) {
    type(name, "summary");
    Snapshot snapshot = timer.getSnapshot();
    for (double quantile : new double[] {0.5, 0.95, 0.99}) {
      line(
          name + "{quantile=\"" + quantile + "\"}", snapshot.getValue(quantile) / NANOS_PER_SECOND);
    }
    line(name + "_count", timer.getCount());
  }

  private void histogram(String name, StalenessHistogram histogram) {
    type(name, "histogram");
    long[] counts = histogram.counts();
    long below = 0;
    int next = 0;
    for (int bound = 0; bound < counts.length; bound = bound == 0 ? 1 : bound * 2) {
      while (next <= bound && next < counts.length) {
        below += counts[next++];
      }
      line(name + "_bucket{le=\"" + bound + "\"}", below);
    }
    line(name + "_bucket{le=\"+Inf\"}", histogram.total());
    line(name + "_sum", histogram.sum());
    line(name + "_count", histogram.total());
  }

  private void type(String name, String type) {
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void line(String name, double value) {
    text.append(name).append(' ');
    if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
      text.append((long) value);
    } else {
      text.append(value);
    }
    text.append('\n');
  }

  private static String nameOf(String camelCase) {
    return "triptych_server_"
        + camelCase.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }
}
