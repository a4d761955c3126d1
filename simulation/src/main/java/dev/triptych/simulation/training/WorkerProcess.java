package dev.triptych.simulation.training;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.Response;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.RangePartition;
import dev.triptych.async.store.Selection;
import dev.triptych.async.worker.RetryRule;
import dev.triptych.async.worker.WorkerEffect;
import dev.triptych.async.worker.WorkerMachine;
import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Objective;
import dev.triptych.simulation.Network;
import dev.triptych.simulation.Process;
import dev.triptych.simulation.VirtualTime;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/** One attempt at one worker: a Spark task. */
final class WorkerProcess implements Process<Packet> {
  private static final RetryRule RETRY =
      new RetryRule(1_000_000, 20_000_000, 30_000_000, 10_000_000_000L);

  /** How an attempt ends. */
  interface End {
    void ended(WorkerProcess attempt, boolean done);
  }

  private final VirtualTime time;
  private final Network<Packet> network;
  private final RangePartition partition;
  private final int[] servers;
  private final WorkerMachine machine;
  private final Objective objective;
  private final ExampleBlock block;
  private final BatchSampler sampler;
  private final LongSupplier computeNanos;
  private final End end;
  private final int worker;
  private final int address;
  private final long[] tickets;
  private final ByteBuffer[] sent;
  private final Selection[] everything;
  private final double[] weights;
  private long step;
  private boolean ended;

  WorkerProcess(
      VirtualTime time,
      Network<Packet> network,
      RangePartition partition,
      int[] servers,
      int worker,
      long attempt,
      Objective objective,
      ExampleBlock block,
      BatchSampler sampler,
      LongSupplier computeNanos,
      End end) {
    this.time = time;
    this.network = network;
    this.partition = partition;
    this.servers = servers;
    this.worker = worker;
    this.objective = objective;
    this.block = block;
    this.sampler = sampler;
    this.computeNanos = computeNanos;
    this.end = end;
    machine = new WorkerMachine(worker, attempt, servers.length, RETRY);
    tickets = new long[servers.length];
    sent = new ByteBuffer[servers.length];
    everything = new Selection[servers.length];
    Arrays.fill(everything, Selection.all());
    weights = new double[partition.numParameters()];
    address = network.join(this);
  }

  int worker() {
    return worker;
  }

  int address() {
    return address;
  }

  void start() {
    perform(machine.hello(time.now()));
  }

  @Override
  public void receive(int from, Packet packet) {
    if (!ended && ShardProcess.decoded(packet) instanceof Answer.ToWorker answer) {
      perform(machine.answered(shardAt(from), packet.ticket(), answer.response(), time.now()));
    }
  }

  @Override
  public void disconnected(int peer) {
    if (!ended) {
      int shard = shardAt(peer);
      perform(machine.lost(shard, tickets[shard], "disconnected", time.now()));
    }
  }

  private int shardAt(int server) {
    for (int shard = 0; shard < servers.length; shard++) {
      if (servers[shard] == server) {
        return shard;
      }
    }
    throw new IllegalStateException("no server at " + server);
  }

  private void perform(List<WorkerEffect> effects) {
    for (WorkerEffect effect : effects) {
      if (effect instanceof WorkerEffect.Send send) {
        send(send);
      } else if (effect instanceof WorkerEffect.WakeAt wake) {
        network.timer(address, wake.time(), this::woken);
      } else if (effect instanceof WorkerEffect.Resumed resumed) {
        step = resumed.step();
        perform(machine.pull(step, everything, time.now()));
      } else if (effect instanceof WorkerEffect.Pulled pulled) {
        pulled(pulled);
      } else if (effect instanceof WorkerEffect.Failed) {
        end(false);
      }
    }
  }

  private void woken() {
    if (!ended) {
      perform(machine.woken(time.now()));
    }
  }

  private void send(WorkerEffect.Send send) {
    int shard = send.shard();
    if (!send.again()) {
      sent[shard] = Message.encode(Request.of(new ShardId(0, shard), send.request()));
    }
    tickets[shard] = send.ticket();
    network.send(address, servers[shard], new Packet(send.ticket(), sent[shard]));
  }

  private void pulled(WorkerEffect.Pulled pulled) {
    if (pulled.progress() != Progress.RUNNING) {
      end(true);
      return;
    }
    long[] versions = new long[servers.length];
    for (int shard = 0; shard < servers.length; shard++) {
      Response.Weights answer = pulled.answers().get(shard);
      versions[shard] = answer.version();
      answer.values().get(weights, partition.start(shard), partition.length(shard));
    }
    network.timer(address, time.now() + computeNanos.getAsLong(), () -> push(versions));
  }

  private void push(long[] versions) {
    int from = sampler.seek(step);
    double[] gradient = new double[weights.length];
    objective.batchGradient(
        block, sampler.rows(), from, from + sampler.batchSize(), weights, gradient);
    Gradient[] slices = new Gradient[servers.length];
    for (int shard = 0; shard < servers.length; shard++) {
      int start = partition.start(shard);
      slices[shard] =
          Gradient.dense(Arrays.copyOfRange(gradient, start, start + partition.length(shard)));
    }
    perform(machine.push(step++, versions, sampler.batchSize(), slices, everything, time.now()));
  }

  private void end(boolean done) {
    ended = true;
    end.ended(this, done);
  }
}
