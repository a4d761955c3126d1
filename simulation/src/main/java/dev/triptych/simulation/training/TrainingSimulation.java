package dev.triptych.simulation.training;

import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.async.store.RangePartition;
import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.simulation.Faults;
import dev.triptych.simulation.Network;
import dev.triptych.simulation.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous run in virtual time: the shards' and the workers' own state machines, the bytes
 * of the protocol, real gradients. The driver is as Spark is: it starts an attempt anew when one
 * has failed. The same seeds give the same run. One thread.
 */
public final class TrainingSimulation {
  private static final long RETRY_NANOS = 5_000_000;
  private static final long FREEZE_NANOS = 60_000_000;
  private static final long QUIET_NANOS = 20_000_000_000L;

  private final Scenario scenario;
  private final VirtualTime time = new VirtualTime();
  private final Network<Packet> network;
  private final SplittableRandom timing;
  private final RangePartition partition;
  private final List<ShardProcess> shards = new ArrayList<>();
  private final int[] servers;
  private final List<List<WorkerProcess>> attempts = new ArrayList<>();
  private final boolean[] done;
  private long numAttempts;

  /**
   * A run that records the order of its pushes, or replays one.
   *
   * @param timing draws the time of every gradient and what else happens when
   * @param orders by shard, to be replayed, or null
   */
  public TrainingSimulation(
      Scenario scenario,
      Faults faults,
      Mishaps mishaps,
      SplittableRandom timing,
      @Nullable List<ArrivalOrder> orders) {
    this.scenario = scenario;
    this.timing = timing;
    this.network = new Network<>(time, faults);
    this.partition =
        new RangePartition(scenario.objective().model().numParameters(), scenario.numShards());
    this.servers = new int[scenario.numShards()];
    for (int shard = 0; shard < servers.length; shard++) {
      ShardProcess process = new ShardProcess(time, network, settings(shard));
      if (orders == null) {
        process.machine().recordOrder();
      } else {
        process.machine().replay(orders.get(shard));
      }
      shards.add(process);
      servers[shard] = process.address();
    }
    done = new boolean[scenario.numWorkers()];
    for (int worker = 0; worker < done.length; worker++) {
      attempts.add(new ArrayList<>());
      startAttempt(worker);
    }
    mishaps.plan(timing, (at, kind, victim) -> time.at(at, () -> mishap(kind, victim)));
  }

  private ShardSettings settings(int shard) {
    long numExamples = 0;
    long perClock = 0;
    for (ExampleBlock block : scenario.blocks()) {
      numExamples += block.numRows();
      perClock += Math.min(scenario.batchSize(), block.numRows());
    }
    return new ShardSettings(
        scenario.numWorkers(),
        partition.length(shard),
        scenario.optimizer(),
        scenario.stepSize(),
        scenario.consistency(),
        numExamples,
        perClock * scenario.clocks(),
        scenario.clocks(),
        8);
  }

  /**
   * Runs until every worker is done, and then until nothing more arrives.
   *
   * @param boundNanos of virtual time for the workers
   * @throws IllegalStateException if somebody waits for longer; says who, and for whom
   */
  public void run(long boundNanos) {
    if (!time.runUntil(this::allDone, boundNanos)) {
      throw new IllegalStateException(stuck());
    }
    time.runUntil(() -> false, time.now() + QUIET_NANOS);
  }

  private String stuck() {
    StringBuilder text = new StringBuilder("not done at " + time.now() / 1_000_000 + " ms:");
    for (ShardProcess shard : shards) {
      ShardStatus status = shard.machine().status();
      text.append(
          " [%s at update %d, waiting for workers %s]"
              .formatted(status.progress(), status.version(), status.waitingFor()));
    }
    return text.append(' ').append(network.faultsSoFar()).toString();
  }

  /** The weights now. */
  public double[] weights() {
    double[] weights = new double[partition.numParameters()];
    for (int shard = 0; shard < servers.length; shard++) {
      machine(shard)
          .current()
          .weights()
          .get(weights, partition.start(shard), partition.length(shard));
    }
    return weights;
  }

  /** How each shard stands. */
  public List<ShardStatus> status() {
    return shards.stream().map(shard -> shard.machine().status()).toList();
  }

  /** In which order each shard took its pushes. */
  public List<ArrivalOrder> orders() {
    List<ArrivalOrder> orders = new ArrayList<>();
    for (int shard = 0; shard < servers.length; shard++) {
      ArrivalOrder order = machine(shard).order();
      if (order != null) {
        orders.add(order);
      }
    }
    return orders;
  }

  /** Answers to attempts that the shard knew to be replaced, other than refusals. */
  public long numZombiesServed() {
    return shards.stream().mapToLong(ShardProcess::numZombiesServed).sum();
  }

  /** Attempts started, at all workers together. */
  public long numAttempts() {
    return numAttempts;
  }

  /** Such as {@code 3 lost, 2 repeated, 1 cuts}. */
  public String faultsSoFar() {
    return network.faultsSoFar();
  }

  private ShardMachine<ShardProcess.Sender> machine(int shard) {
    return shards.get(shard).machine();
  }

  private boolean allDone() {
    for (boolean one : done) {
      if (!one) {
        return false;
      }
    }
    return true;
  }

  private void startAttempt(int worker) {
    ExampleBlock block = scenario.blocks().get(worker);
    WorkerProcess attempt =
        new WorkerProcess(
            time,
            network,
            partition,
            servers,
            worker,
            numAttempts++,
            scenario.objective(),
            block,
            new BatchSampler(block.numRows(), scenario.batchSize(), scenario.seed(), worker),
            () -> timing.nextLong(100_000, 3_000_000),
            this::ended);
    attempts.get(worker).add(attempt);
    network.timer(attempt.address(), time.now(), attempt::start);
  }

  private void ended(WorkerProcess attempt, boolean finished) {
    int worker = attempt.worker();
    attempts.get(worker).remove(attempt);
    network.crash(attempt.address());
    if (finished) {
      done[worker] = true;
    } else {
      retryIfAlone(worker);
    }
  }

  private void retryIfAlone(int worker) {
    time.after(
        RETRY_NANOS,
        () -> {
          if (!done[worker] && attempts.get(worker).isEmpty()) {
            startAttempt(worker);
          }
        });
  }

  private void mishap(Mishaps.Kind kind, int victim) {
    int worker = victim % done.length;
    List<WorkerProcess> alive = attempts.get(worker);
    if (kind == Mishaps.Kind.REPLACE_SERVER) {
      shards.get(victim % servers.length).replace();
    } else if (!done[worker] && !alive.isEmpty()) {
      WorkerProcess attempt = alive.get(victim / done.length % alive.size());
      switch (kind) {
        case KILL -> {
          alive.remove(attempt);
          network.crash(attempt.address());
          retryIfAlone(worker);
        }
        case SPECULATE -> startAttempt(worker);
        case FREEZE -> {
          network.freeze(attempt.address(), time.now() + FREEZE_NANOS);
          startAttempt(worker);
        }
        case REPLACE_SERVER -> {}
      }
    }
  }
}
