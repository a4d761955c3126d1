package dev.triptych.benchmarks;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.shard.PullRequest;
import dev.triptych.async.shard.PushRequest;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.optimizer.StepSize;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * How many keys a second a shard applies, without any transport: pushes of 1,000,000 keys through
 * the shard machine, checks included. One thread. {@code bin/benchmark StoreApply}.
 */
public final class StoreApply {
  private static final int NUM_KEYS = 1_000_000;
  private static final int WARM = 60;
  private static final int MEASURED = 101;

  private StoreApply() {}

  /** Prints a table. */
  public static void main(String[] args) {
    SplittableRandom random = new SplittableRandom(1);
    double[] values = random.doubles(NUM_KEYS, -1, 1).toArray();
    int[] spread = new int[NUM_KEYS];
    for (int k = 0; k < NUM_KEYS; k++) {
      spread[k] = 10 * k + random.nextInt(10);
    }
    Gradient dense = Gradient.dense(values);
    Gradient run = Gradient.of(Selection.range(500_000, NUM_KEYS), values);
    Gradient sparse = Gradient.sparse(spread, values);
    System.out.println("million keys a second, median of " + MEASURED);
    System.out.printf(
        "%-10s %10s %22s %22s%n", "optimizer", "dense", "1e6 keys in a row", "1e6 of 1e7");
    for (String name : Optimizers.names()) {
      Optimizer optimizer = Optimizers.byName(name).orElseThrow();
      System.out.printf(
          "%-10s %10.0f %22.0f %22.0f%n",
          name,
          measure(optimizer, NUM_KEYS, dense),
          measure(optimizer, 2 * NUM_KEYS, run),
          measure(optimizer, 10 * NUM_KEYS, sparse));
    }
  }

  private static double measure(Optimizer optimizer, int length, Gradient gradient) {
    ShardMachine<String> machine =
        new ShardMachine<>(
            new ShardSettings(
                1,
                length,
                optimizer,
                StepSize.constant(0.01),
                Consistency.asp(),
                1,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                4));
    machine.pull(new PullRequest(0, 0, 0, Selection.range(0, 1)), "", 0);
    double[] rates = new double[MEASURED];
    for (int t = 0; t < WARM + MEASURED; t++) {
      // a new object as from the wire, so that nothing is known about it
      Gradient fresh = Gradient.of(gradient.selection(), gradient.values());
      long start = System.nanoTime();
      machine.push(new PushRequest(0, 0, t, t, 1, fresh, null), "", t);
      if (t >= WARM) {
        rates[t - WARM] = NUM_KEYS * 1e3 / (System.nanoTime() - start);
      }
    }
    Arrays.sort(rates);
    return rates[MEASURED / 2];
  }
}
