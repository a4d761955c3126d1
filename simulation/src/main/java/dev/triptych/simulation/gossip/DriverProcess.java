package dev.triptych.simulation.gossip;

import dev.triptych.gossip.membership.Answer;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.gossip.membership.EpochSettings;
import dev.triptych.gossip.membership.MembershipEpochs;
import dev.triptych.simulation.Network;
import dev.triptych.simulation.Process;
import dev.triptych.simulation.VirtualTime;

/** The driver: answers what can be answered; whoever gets no answer asks again. */
final class DriverProcess implements Process<Packet> {
  private static final long TICK_NANOS = 5_000_000;

  private final VirtualTime time;
  private final Network<Packet> network;
  private final MembershipEpochs epochs;
  private final int address;
  private int numRefused;

  DriverProcess(VirtualTime time, Network<Packet> network, EpochSettings settings) {
    this.time = time;
    this.network = network;
    this.epochs = new MembershipEpochs(settings);
    this.address = network.join(this);
    tick();
  }

  int address() {
    return address;
  }

  MembershipEpochs epochs() {
    return epochs;
  }

  /** Messages of tasks that another one has replaced. */
  int numRefused() {
    return numRefused;
  }

  private void tick() {
    epochs.tick(time.now());
    network.timer(address, time.now() + TICK_NANOS, this::tick);
  }

  @Override
  public void receive(int from, Packet packet) {
    long now = time.now();
    if (packet instanceof Packet.Arrive arrival) {
      arrived(from, arrival, now);
    } else if (packet instanceof Packet.Ready ready) {
      epochs.ready(ready.life(), ready.epoch(), now);
      Answer answer = epochs.answerReady(ready.life(), ready.epoch());
      if (answer != null) {
        network.send(address, from, new Packet.Told(ready.epoch(), answer));
      }
    } else if (packet instanceof Packet.Alive alive) {
      epochs.heard(alive.life(), new long[] {alive.sentRound()}, now);
      Answer answer = epochs.answer(alive.life(), alive.epoch());
      network.send(address, from, new Packet.Told(alive.epoch(), answer));
    } else if (packet instanceof Packet.Complain complain) {
      epochs.complain(complain.epoch(), complain.complaint(), now);
    }
  }

  private void arrived(int from, Packet.Arrive arrival, long now) {
    try {
      epochs.arrive(
          arrival.life(),
          new int[] {arrival.node()},
          new long[] {arrival.round()},
          arrival.after(),
          now);
    } catch (IllegalArgumentException e) {
      numRefused++;
      return;
    }
    Epoch epoch = epochs.epochFor(arrival.life(), arrival.after());
    if (epochs.isOver()) {
      network.send(address, from, new Packet.Told(arrival.after(), Answer.OVER));
    } else if (epoch != null) {
      network.send(address, from, new Packet.Begin(epoch));
    }
  }
}
