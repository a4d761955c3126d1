package dev.triptych.simulation.training;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.shard.Effect;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.WorkerRequest;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import dev.triptych.simulation.Network;
import dev.triptych.simulation.Process;
import dev.triptych.simulation.VirtualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** A server with one shard. */
final class ShardProcess implements Process<Packet> {
  private static final Sender NOBODY = new Sender(-1, 0, 0, 0);

  private final VirtualTime time;
  private final Network<Packet> network;
  private final ShardSettings settings;
  private final int address;
  private final long[] newestAttempts;
  private ShardMachine<Sender> machine;
  private long numZombiesServed;

  ShardProcess(VirtualTime time, Network<Packet> network, ShardSettings settings) {
    this.time = time;
    this.network = network;
    this.settings = settings;
    this.machine = new ShardMachine<>(settings);
    this.newestAttempts = new long[settings.numWorkers()];
    this.address = network.join(this);
  }

  int address() {
    return address;
  }

  ShardMachine<Sender> machine() {
    return machine;
  }

  /** The server dies and another one goes on with its state, as a replica or a checkpoint would. */
  void replace() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      StateWriter out = new StateWriter(bytes);
      machine.writeTo(out);
      out.finish();
      StateReader in = new StateReader(new ByteArrayInputStream(bytes.toByteArray()));
      machine = ShardMachine.read(settings, NOBODY, in);
      in.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    network.restart(address, this);
  }

  @Override
  public void receive(int from, Packet packet) {
    Message message = decoded(packet);
    if (message instanceof Request.Hello hello) {
      answer(machine.hello(hello.request(), sender(from, packet, hello.request())));
    } else if (message instanceof Request.Pull pull) {
      answer(machine.pull(pull.request(), sender(from, packet, pull.request()), time.now()));
    } else if (message instanceof Request.Push push) {
      answer(machine.push(push.request(), sender(from, packet, push.request()), time.now()));
    } else {
      throw new IllegalStateException("a worker sent " + message.type());
    }
  }

  private Sender sender(int from, Packet packet, WorkerRequest request) {
    int worker = request.worker();
    newestAttempts[worker] = Math.max(newestAttempts[worker], request.attempt());
    return new Sender(from, packet.ticket(), worker, request.attempt());
  }

  /** Answers to attempts that were known here to be replaced, other than refusals: none. */
  long numZombiesServed() {
    return numZombiesServed;
  }

  private void answer(List<Effect<Sender>> effects) {
    for (Effect<Sender> effect : effects) {
      if (effect instanceof Effect.Answer<Sender> answer && answer.to().address() >= 0) {
        Sender to = answer.to();
        if (to.attempt() < newestAttempts[to.worker()]
            && !(answer.response() instanceof Response.Rejected)) {
          numZombiesServed++;
        }
        network.send(
            address,
            to.address(),
            new Packet(to.ticket(), Message.encode(Answer.of(answer.response()))));
      }
    }
  }

  static Message decoded(Packet packet) {
    try {
      return Message.decode(packet.bytes());
    } catch (MalformedMessageException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whom an answer goes to. */
  record Sender(int address, long ticket, int worker, long attempt) {}
}
