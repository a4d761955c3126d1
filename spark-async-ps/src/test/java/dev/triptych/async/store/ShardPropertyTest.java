package dev.triptych.async.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.optimizer.Optimizers;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A shard in pages has the very bits of an optimizer on one array. */
class ShardPropertyTest {
  @Provide
  Arbitrary<Optimizer> optimizers() {
    return Arbitraries.of(Optimizers.names()).map(name -> Optimizers.byName(name).orElseThrow());
  }

  @Property(tries = 40)
  void pagesGiveTheBitsOfOneArray(@ForAll("optimizers") Optimizer optimizer, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int length =
        random.nextInt(4) == 0
            ? random.nextInt(1, 50)
            : PagedVector.LONGEST_PAGE + random.nextInt(3 * PagedVector.PAGE_LENGTH);
    Shard shard = new Shard(length, optimizer);
    double[] weights = new double[length];
    OptimizerState state = optimizer.newState(length);
    PagedVector snapshot = shard.weights().snapshot();
    double[] then = weights.clone();
    for (int t = 0; t < 8; t++) {
      Gradient gradient = gradient(random, length);
      double stepSize = optimizer.name().equals("ftrl") ? 0.1 : random.nextDouble();
      shard.apply(gradient, stepSize);
      int[] positions = gradient.positions();
      if (positions == null) {
        optimizer.apply(weights, gradient.values(), stepSize, state);
      } else {
        optimizer.applySparse(weights, positions, gradient.values(), stepSize, state);
      }
      if (random.nextInt(3) == 0) {
        snapshot = shard.weights().snapshot();
        then = weights.clone();
      }
    }
    assertThat(bits(shard.weights().toArray())).as("seed %d", seed).isEqualTo(bits(weights));
    assertThat(bits(snapshot.toArray())).as("seed %d", seed).isEqualTo(bits(then));
    Selection selection = gradient(random, length).selection();
    DoubleBuffer view = selection.view(shard.weights());
    double[] read = new double[view.remaining()];
    view.get(read);
    int[] positions = selection.positions();
    double[] expected =
        positions == null
            ? weights
            : Arrays.stream(positions).mapToDouble(j -> weights[j]).toArray();
    assertThat(bits(read)).as("seed %d", seed).isEqualTo(bits(expected));
  }

  /** Dense with stretches of zeros, scattered keys, or runs. */
  private static Gradient gradient(SplittableRandom random, int length) {
    switch (random.nextInt(3)) {
      case 0:
        {
          double[] values = new double[length];
          int from = random.nextInt(length);
          int to = random.nextInt(from, length) + 1;
          for (int j = from; j < to; j++) {
            values[j] = random.nextDouble(-1, 1);
          }
          return Gradient.dense(values);
        }
      case 1:
        {
          int[] keys = random.ints(200, 0, length).sorted().distinct().toArray();
          return Gradient.sparse(keys, values(random, keys.length));
        }
      default:
        {
          int[] cuts = random.ints(8, 0, length).sorted().distinct().toArray();
          int numRuns = cuts.length / 2;
          int[] starts = new int[numRuns];
          int[] ends = new int[numRuns];
          for (int run = 0; run < numRuns; run++) {
            starts[run] = cuts[2 * run];
            ends[run] = cuts[2 * run + 1];
          }
          Selection runs = Selection.runs(starts, ends);
          return Gradient.of(runs, values(random, runs.count(length)));
        }
    }
  }

  private static double[] values(SplittableRandom random, int count) {
    return random.doubles(count, -1, 1).toArray();
  }

  private static long[] bits(double[] vector) {
    return Arrays.stream(vector).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
