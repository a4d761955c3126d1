package dev.triptych.async.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.RangePartition;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.StepSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/**
 * Requests and replies are lost, repeated, delayed and reordered, workers die at any moment (also
 * between the shards that a push must reach) and come back, and what they had sent before still
 * arrives: every gradient is applied exactly once, and a bsp run ends with the very same bits.
 */
class FaultyNetworkPropertyTest {
  private static final int D = 5;
  private static final int CLOCKS = 8;
  private static final StepSize ALPHA = StepSize.constant(0.1);

  @Property(tries = 400)
  void aBspRunEndsWithTheBitsOfTheUndisturbedRun(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int numWorkers,
      @ForAll @IntRange(min = 1, max = 3) int numShards) {
    Cluster calm =
        new Cluster(
            numWorkers,
            D,
            numShards,
            new Adam(0.9, 0.999),
            ALPHA,
            Consistency.bsp(),
            (long) CLOCKS * numWorkers,
            false,
            Cluster.noisyQuadratic(seed, D));
    calm.start();
    calm.runToEnd(seed);
    Network faulty = new Network(seed, numWorkers, numShards, Consistency.bsp());
    faulty.run();
    assertThat(faulty.weights()).containsExactly(calm.weights());
    for (ShardMachine<Call> machine : faulty.machines) {
      assertThat(machine.status().clocks()).containsOnly(CLOCKS);
    }
  }

  @Property(tries = 400)
  void anAspRunAppliesEveryGradientOnce(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int numWorkers,
      @ForAll @IntRange(min = 1, max = 3) int numShards) {
    Network faulty = new Network(seed, numWorkers, numShards, Consistency.asp());
    faulty.run();
    for (ShardMachine<Call> machine : faulty.machines) {
      ShardStatus status = machine.status();
      assertThat(status.version())
          .isEqualTo(Arrays.stream(status.clocks()).sum())
          .isGreaterThanOrEqualTo((long) CLOCKS * numWorkers);
      assertThat(status.staleness().total()).isEqualTo(status.version());
    }
  }

  /** One request of one attempt to one shard. */
  private record Call(
      int worker,
      long attempt,
      int shard,
      @Nullable PullRequest pull,
      @Nullable PushRequest push) {}

  /** Answered calls of a worker's present step, by shard. */
  private static final class Attempt {
    long attempt;
    long step;
    boolean stopped;
    final Call[] calls;
    final Response.@Nullable Weights[] answers;
    final double[][] values;

    Attempt(int numShards) {
      calls = new Call[numShards];
      answers = new Response.Weights[numShards];
      values = new double[numShards][];
    }
  }

  private static final class Network {
    final List<ShardMachine<Call>> machines = new ArrayList<>();
    private final SplittableRandom random;
    private final RangePartition partition;
    private final Cluster.GradientOf gradientOf;
    private final List<Call> travelling = new ArrayList<>();
    private final Attempt[] workers;
    private int faultsLeft = 60;

    Network(long seed, int numWorkers, int numShards, Consistency consistency) {
      random = new SplittableRandom(seed);
      partition = new RangePartition(D, numShards);
      gradientOf = Cluster.noisyQuadratic(seed, D);
      workers = new Attempt[numWorkers];
      for (int shard = 0; shard < numShards; shard++) {
        machines.add(
            new ShardMachine<>(
                new ShardSettings(
                    numWorkers,
                    partition.length(shard),
                    new Adam(0.9, 0.999),
                    ALPHA,
                    consistency,
                    10,
                    (long) CLOCKS * numWorkers,
                    1,
                    100)));
      }
      for (int worker = 0; worker < numWorkers; worker++) {
        workers[worker] = new Attempt(numShards);
        begin(worker);
      }
    }

    void run() {
      for (int event = 0; event < 100_000; event++) {
        if (Arrays.stream(workers).allMatch(worker -> worker.stopped)) {
          return;
        }
        int worker = random.nextInt(workers.length);
        if (fault(60) && !workers[worker].stopped) {
          workers[worker].attempt++;
          begin(worker);
        } else if (travelling.isEmpty() || random.nextInt(10) == 0) {
          sendAgain(worker);
        } else {
          Call call = travelling.remove(random.nextInt(travelling.size()));
          if (fault(6)) {
            continue; // the request is lost
          }
          if (fault(6)) {
            travelling.add(call);
          }
          deliver(call);
        }
      }
      throw new AssertionError("no end in sight");
    }

    double[] weights() {
      double[] weights = new double[D];
      for (int shard = 0; shard < machines.size(); shard++) {
        machines
            .get(shard)
            .current()
            .weights()
            .get(weights, partition.start(shard), partition.length(shard));
      }
      return weights;
    }

    private boolean fault(int oneIn) {
      if (faultsLeft > 0 && random.nextInt(oneIn) == 0) {
        faultsLeft--;
        return true;
      }
      return false;
    }

    /** A new attempt: hello everywhere (answered at once here), then the first pull. */
    private void begin(int worker) {
      Attempt state = workers[worker];
      long next = Long.MAX_VALUE;
      for (ShardMachine<Call> machine : machines) {
        Call hello = new Call(worker, state.attempt, 0, null, null);
        List<Effect<Call>> effects = machine.hello(new HelloRequest(worker, state.attempt), hello);
        Effect.Answer<Call> last = (Effect.Answer<Call>) effects.get(effects.size() - 1);
        next = Math.min(next, ((Response.Resume) last.response()).nextSequence());
      }
      state.step = next;
      for (int shard = 0; shard < machines.size(); shard++) {
        PullRequest pull = new PullRequest(worker, state.attempt, next, Selection.all());
        ask(new Call(worker, state.attempt, shard, pull, null));
      }
    }

    private void ask(Call call) {
      Attempt state = workers[call.worker()];
      state.calls[call.shard()] = call;
      state.answers[call.shard()] = null;
      travelling.add(call);
    }

    private void sendAgain(int worker) {
      Attempt state = workers[worker];
      for (int shard = 0; shard < machines.size() && !state.stopped; shard++) {
        if (state.answers[shard] == null) {
          travelling.add(state.calls[shard]);
        }
      }
    }

    private void deliver(Call call) {
      ShardMachine<Call> machine = machines.get(call.shard());
      List<Effect<Call>> effects =
          call.pull() != null
              ? machine.pull(call.pull(), call, 0)
              : machine.push(call.push(), call, 0);
      for (Effect<Call> effect : List.copyOf(effects)) {
        if (effect instanceof Effect.Answer<Call> answer && !fault(6)) {
          receive(answer.to(), answer.response());
        }
      }
    }

    private void receive(Call call, Response response) {
      Attempt state = workers[call.worker()];
      boolean expected = call == state.calls[call.shard()] && !state.stopped;
      if (!(response instanceof Response.Weights weights)
          || !expected
          || state.answers[call.shard()] != null) {
        return; // late, repeated, or of an attempt that has been replaced
      }
      state.answers[call.shard()] = weights;
      double[] copy = new double[weights.values().remaining()];
      weights.values().duplicate().get(copy);
      state.values[call.shard()] = copy;
      if (Arrays.stream(state.answers).allMatch(answer -> answer != null)) {
        compute(call.worker());
      }
    }

    private void compute(int worker) {
      Attempt state = workers[worker];
      double[] weights = new double[D];
      long[] read = new long[machines.size()];
      for (int shard = 0; shard < machines.size(); shard++) {
        if (state.answers[shard].progress() != Progress.RUNNING) {
          state.stopped = true;
          return;
        }
        read[shard] = state.answers[shard].version();
        System.arraycopy(
            state.values[shard], 0, weights, partition.start(shard), partition.length(shard));
      }
      double[] gradient = gradientOf.at(worker, state.step, weights);
      for (int shard = 0; shard < machines.size(); shard++) {
        int start = partition.start(shard);
        ask(
            new Call(
                worker,
                state.attempt,
                shard,
                null,
                new PushRequest(
                    worker,
                    state.attempt,
                    state.step,
                    read[shard],
                    1,
                    Gradient.dense(
                        Arrays.copyOfRange(gradient, start, start + partition.length(shard))),
                    Selection.all())));
      }
      state.step++;
    }
  }
}
