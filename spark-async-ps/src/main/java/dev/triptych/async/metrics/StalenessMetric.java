package dev.triptych.async.metrics;

import com.codahale.metrics.Histogram;
import com.codahale.metrics.Reservoir;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.WeightedSnapshot;
import dev.triptych.core.training.StalenessHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The exact staleness counts that shards keep, as a Dropwizard histogram. Thread-safe. */
final class StalenessMetric extends Histogram {
  private final Supplier<StalenessHistogram> source;

  StalenessMetric(Supplier<StalenessHistogram> source) {
    super(new Counts(source));
    this.source = source;
  }

  @Override
  public long getCount() {
    return source.get().total();
  }

  StalenessHistogram exact() {
    return source.get();
  }

  /** A reservoir that keeps nothing: its content is counted elsewhere. */
  private record Counts(Supplier<StalenessHistogram> source) implements Reservoir {
    @Override
    public int size() {
      return source.get().counts().length;
    }

    @Override
    public void update(long value) {
      throw new UnsupportedOperationException("staleness is counted by the shards");
    }

    @Override
    public Snapshot getSnapshot() {
      long[] counts = source.get().counts();
      List<WeightedSnapshot.WeightedSample> samples = new ArrayList<>();
      for (int delay = 0; delay < counts.length; delay++) {
        if (counts[delay] > 0) {
          samples.add(new WeightedSnapshot.WeightedSample(delay, counts[delay]));
        }
      }
      return new WeightedSnapshot(samples);
    }
  }
}
