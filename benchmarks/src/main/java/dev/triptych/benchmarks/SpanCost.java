package dev.triptych.benchmarks;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.timeline.Activity;
import dev.triptych.core.timeline.SpanRecorder;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What measuring the timeline costs a worker: mini-batch gradients of a click log, once alone and
 * once with the two spans of a step recorded, each with a look at the clock. The variants take
 * turns; medians of the thread's processor time, so other load matters little.
 *
 * <p>{@code bin/benchmark SpanCost [ROUNDS]}.
 */
public final class SpanCost {
  private static final int ROWS = 20_000;
  private static final int FEATURES = 10_000;
  private static final int PER_ROW = 20;
  private static final int[] BATCHES = {1, 16, 256};
  private static final int STEPS = 1_000_000;

  private SpanCost() {}

  /** Optionally the number of rounds. */
  public static void main(String[] args) {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 15;
    double[] bare = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      bare[round] = nanosPerSpan();
    }
    System.out.printf(Locale.ROOT, "%.0f ns a span, the clock included%n", median(bare));
    System.out.println("| mini-batch | ns a step | with two spans | ratio |\n|---|---|---|---|");
    ExampleBlock block = block();
    for (int batch : BATCHES) {
      double[] without = new double[rounds];
      double[] with = new double[rounds];
      double[] ratio = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        without[round] = nanosPerStep(block, batch, false);
        with[round] = nanosPerStep(block, batch, true);
        ratio[round] = with[round] / without[round];
      }
      System.out.printf(
          Locale.ROOT,
          "| %d | %,.0f | %,.0f | %.3f |%n",
          batch,
          median(without),
          median(with),
          median(ratio));
    }
  }

  private static double nanosPerSpan() {
    SpanRecorder recorder = new SpanRecorder();
    long start = System.nanoTime();
    long before = processorNanos();
    for (int step = 0; step < STEPS; step++) {
      recorder.to(Activity.COMPUTING, System.nanoTime() - start);
      recorder.to(Activity.COMMUNICATING, System.nanoTime() - start);
    }
    return (processorNanos() - before) / (2.0 * STEPS);
  }

  private static double nanosPerStep(ExampleBlock block, int batch, boolean recorded) {
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), FEATURES, false), 1e-4);
    BatchSampler sampler = new BatchSampler(ROWS, batch, 1, 0);
    double[] weights = new double[FEATURES];
    double[] gradient = new double[FEATURES];
    SpanRecorder recorder = new SpanRecorder();
    int steps = 2_000;
    long start = System.nanoTime();
    long before = processorNanos();
    for (int step = 0; step < steps; step++) {
      if (recorded) {
        recorder.to(Activity.COMPUTING, System.nanoTime() - start);
      }
      int from = sampler.seek(step);
      objective.batchGradient(
          block, sampler.rows(), from, from + sampler.batchSize(), weights, gradient);
      if (recorded) {
        recorder.to(Activity.COMMUNICATING, System.nanoTime() - start);
      }
    }
    return (processorNanos() - before) / (double) steps;
  }

  private static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static ExampleBlock block() {
    SplittableRandom random = new SplittableRandom(1);
    BlockBuilder rows = new BlockBuilder(FEATURES);
    double[] ones = new double[PER_ROW];
    Arrays.fill(ones, 1);
    for (int row = 0; row < ROWS; row++) {
      int[] keys = random.ints(0, FEATURES).distinct().limit(PER_ROW).sorted().toArray();
      rows.addSparse(random.nextBoolean() ? 1 : -1, keys, ones, PER_ROW);
    }
    return rows.build();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
