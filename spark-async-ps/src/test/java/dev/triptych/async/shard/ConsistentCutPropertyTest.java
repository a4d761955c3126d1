package dev.triptych.async.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.Sgd;
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
 * Cuts through several shards whose workers die between two shards, leave zombies behind, are
 * declared dead at one shard after the other, and come back, before and while the gates are held.
 */
class ConsistentCutPropertyTest {
  private static final Selection ALL = Selection.all();

  @Property(tries = 1000)
  void aCutWaitsForNoDeadWorkerAndNothingMovesOnceItIsThere(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int numWorkers,
      @ForAll @IntRange(min = 1, max = 3) int numShards) {
    Run run = new Run(seed, numWorkers, numShards);
    run.live(run.random.nextInt(300), 40);
    for (int shard = 0; shard < numShards; shard++) {
      run.machines.get(shard).hold();
      run.live(run.random.nextInt(5), 40);
    }
    long[] @Nullable [] cut = null;
    for (int look = 0; look < 40 && cut == null; look++) {
      cut = run.lookFromShardToShard(60);
    }
    if (cut == null) {
      run.live(10_000, 0); // nobody dies any more, the dead are declared so
      cut = run.lookFromShardToShard(0);
    }
    assertThat(cut).as("seed %d: %s", seed, run).isNotNull();
    run.live(200, 20);
    for (int shard = 0; shard < numShards; shard++) {
      assertThat(run.machines.get(shard).nextSequences())
          .as("seed %d, shard %d: %s", seed, shard, run)
          .isEqualTo(cut[shard]);
    }
    assertThat(maxOwed(cut)).as("seed %d", seed).isLessThanOrEqualTo(1);
    long before = run.sumOfSequences();
    for (ShardMachine<Call> machine : run.machines) {
      run.answers(machine.release(++run.now));
    }
    for (Run.Worker worker : run.workers) {
      if (!worker.alive) {
        worker.dieOrComeBack();
      }
    }
    run.live(2_000, 0);
    assertThat(run.sumOfSequences()).as("seed %d: it goes on", seed).isGreaterThan(before);
  }

  private static long maxOwed(long[][] sequences) {
    long most = 0;
    for (int worker = 0; worker < sequences[0].length; worker++) {
      int index = worker;
      long max = Arrays.stream(sequences).mapToLong(next -> next[index]).max().orElse(0);
      long min = Arrays.stream(sequences).mapToLong(next -> next[index]).min().orElse(0);
      most = Math.max(most, max - min);
    }
    return most;
  }

  /** What a worker's attempt has asked of a shard; answers and refusals come back to it. */
  private record Call(int worker, long attempt, int shard, Object request) {}

  /** Shards, workers, and the messages between them, each delivered at a random time. */
  private static final class Run {
    final SplittableRandom random;
    final List<ShardMachine<Call>> machines = new ArrayList<>();
    final List<Runnable> messages = new ArrayList<>();
    final Worker[] workers;
    long now;

    Run(long seed, int numWorkers, int numShards) {
      random = new SplittableRandom(seed);
      Consistency consistency =
          List.of(Consistency.bsp(), Consistency.ssp(1), Consistency.asp()).get(random.nextInt(3));
      for (int shard = 0; shard < numShards; shard++) {
        machines.add(
            new ShardMachine<>(
                new ShardSettings(
                    numWorkers,
                    1,
                    new Sgd(),
                    StepSize.constant(0.1),
                    consistency,
                    10,
                    1_000_000,
                    1000,
                    4)));
      }
      workers = new Worker[numWorkers];
      for (int worker = 0; worker < numWorkers; worker++) {
        workers[worker] = new Worker(worker);
        workers[worker].hello();
      }
    }

    /** Events at random; one in {@code oneIn} is a death or a return, none if 0. */
    void live(int numEvents, int oneIn) {
      for (int event = 0; event < numEvents; event++) {
        now++;
        if (oneIn > 0 && random.nextInt(oneIn) == 0) {
          workers[random.nextInt(workers.length)].dieOrComeBack();
        } else if (!messages.isEmpty()) {
          messages.remove(random.nextInt(messages.size())).run();
        }
      }
    }

    /**
     * Asks one shard after the other, as the driver does.
     *
     * @return by shard the sequences, or null while there is no cut
     */
    long[] @Nullable [] lookFromShardToShard(int oneIn) {
      List<ShardCut> cuts = new ArrayList<>();
      for (ShardMachine<Call> machine : machines) {
        cuts.add(machine.cut());
        live(oneIn == 0 ? 0 : random.nextInt(4), oneIn);
      }
      return ShardCut.isConsistent(cuts)
          ? cuts.stream().map(ShardCut::nextSequences).toArray(long[][]::new)
          : null;
    }

    long sumOfSequences() {
      return machines.stream()
          .flatMapToLong(machine -> Arrays.stream(machine.nextSequences()))
          .sum();
    }

    void answers(List<Effect<Call>> effects) {
      for (Effect<Call> effect : List.copyOf(effects)) {
        if (effect instanceof Effect.Answer<Call> answer) {
          Call call = answer.to();
          Response response = answer.response();
          messages.add(() -> workers[call.worker()].answered(call, response));
        }
      }
    }

    @Override
    public String toString() {
      StringBuilder words = new StringBuilder();
      for (ShardMachine<Call> machine : machines) {
        ShardCut cut = machine.cut();
        words.append(Arrays.toString(cut.nextSequences())).append(' ').append(cut).append(' ');
      }
      return words.toString();
    }

    /** Says hello, pulls, then pushes and pulls again, at all shards at once. */
    private final class Worker {
      final int index;
      boolean alive = true;
      long attempt;
      long sequence;
      int missing;

      Worker(int index) {
        this.index = index;
      }

      void hello() {
        sequence = Long.MAX_VALUE;
        send(new HelloRequest(index, attempt));
      }

      void send(Object request) {
        missing = machines.size();
        for (int shard = 0; shard < machines.size(); shard++) {
          Call call = new Call(index, attempt, shard, request);
          messages.add(() -> serve(call));
        }
      }

      private void serve(Call call) {
        ShardMachine<Call> machine = machines.get(call.shard());
        if (!alive) {
          remove(call.shard(), attempt); // a zombie may have brought it to life again here
        }
        if (call.request() instanceof HelloRequest hello) {
          answers(machine.hello(hello, call));
        } else if (call.request() instanceof PullRequest pull) {
          answers(machine.pull(pull, call, now));
        } else if (call.request() instanceof PushRequest push) {
          answers(machine.push(push, call, now));
        }
      }

      void answered(Call call, Response response) {
        if (!alive || call.attempt() != attempt) {
          return;
        }
        if (response instanceof Response.Resume resume) {
          sequence = Math.min(sequence, resume.nextSequence());
        } else if (!(response instanceof Response.Weights)) {
          throw new AssertionError(call + " got " + response);
        }
        missing--;
        if (missing > 0) {
          return;
        }
        if (response instanceof Response.Resume) {
          send(new PullRequest(index, attempt, sequence, ALL));
        } else {
          Gradient gradient = Gradient.dense(new double[] {1});
          send(new PushRequest(index, attempt, sequence++, 0, 1, gradient, ALL));
        }
      }

      private void remove(int shard, long dead) {
        messages.add(
            () -> {
              if (!alive && attempt == dead) {
                answers(machines.get(shard).remove(index, now));
              }
            });
      }

      void dieOrComeBack() {
        if (alive) {
          alive = false;
          for (int shard = 0; shard < machines.size(); shard++) {
            remove(shard, attempt);
          }
        } else {
          alive = true;
          attempt++;
          hello();
        }
      }
    }
  }
}
