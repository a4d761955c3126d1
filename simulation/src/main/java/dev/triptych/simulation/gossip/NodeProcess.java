package dev.triptych.simulation.gossip;

import dev.triptych.gossip.algorithm.Mixing;
import dev.triptych.gossip.algorithm.NodeState;
import dev.triptych.gossip.exchange.Neighbourhood;
import dev.triptych.gossip.exchange.RoundInbox;
import dev.triptych.gossip.membership.Answer;
import dev.triptych.gossip.membership.Complaint;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.gossip.membership.MembershipEpochs;
import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.simulation.Network;
import dev.triptych.simulation.Process;
import dev.triptych.simulation.VirtualTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One node in one life. What is not acknowledged is sent again. */
final class NodeProcess implements Process<Packet> {
  private static final long AGAIN_NANOS = 3_000_000;
  private static final long PATIENCE_NANOS = 400_000_000;

  private enum Phase {
    ARRIVED,
    READY,
    RUNNING,
    DONE
  }

  /** Is told what a node does. */
  interface Observer {
    void sent(int epoch, int node, long round, Message message);

    void roundDone(int epoch, int node, long round, double[] weights);
  }

  private final VirtualTime time;
  private final Network<Packet> network;
  private final Scenario scenario;
  private final int driver;
  private final int node;
  private final long life;
  private final LongSupplier computing;
  private final Observer observer;
  private final double[] gradient;
  private final Map<Key, Packet.Weights> unreceived = new LinkedHashMap<>();
  private Phase phase = Phase.ARRIVED;
  private NodeState state;
  private long round = MembershipEpochs.NEW;
  private int known;
  private @Nullable Opened opened;
  private @Nullable Message own;
  private long sentRound = -1;
  private long waitingSince;
  private long numSentAgain;

  NodeProcess(
      VirtualTime time,
      Network<Packet> network,
      Scenario scenario,
      int driver,
      int node,
      long life,
      LongSupplier computing,
      Observer observer) {
    this.time = time;
    this.network = network;
    this.scenario = scenario;
    this.driver = driver;
    this.node = node;
    this.life = life;
    this.computing = computing;
    this.observer = observer;
    this.gradient = new double[scenario.numParameters()];
    this.state = scenario.initialState(node);
  }

  void start() {
    network.send(node, driver, new Packet.Arrive(life, node, round, known));
    network.timer(node, time.now() + AGAIN_NANOS, this::again);
  }

  boolean isDone() {
    return phase == Phase.DONE;
  }

  double[] weights() {
    return state.weights();
  }

  /** Weights that were sent more than once. */
  long numSentAgain() {
    return numSentAgain;
  }

  private void again() {
    switch (phase) {
      case ARRIVED -> network.send(node, driver, new Packet.Arrive(life, node, round, known));
      case READY -> network.send(node, driver, new Packet.Ready(life, node, known));
      case RUNNING -> {
        network.send(node, driver, new Packet.Alive(life, node, known, sentRound));
        for (Map.Entry<Key, Packet.Weights> entry : unreceived.entrySet()) {
          numSentAgain++;
          network.send(node, entry.getKey().receiver(), entry.getValue());
        }
        complain();
      }
      case DONE -> {
        return;
      }
    }
    network.timer(node, time.now() + AGAIN_NANOS, this::again);
  }

  private void complain() {
    Opened current = opened;
    if (current == null || own == null || time.now() - waitingSince < PATIENCE_NANOS) {
      return;
    }
    Complaint complaint =
        new Complaint(
            node, current.inbox.round(), Arrays.stream(current.inbox.missing()).boxed().toList());
    network.send(node, driver, new Packet.Complain(known, complaint));
  }

  @Override
  public void receive(int from, Packet packet) {
    if (packet instanceof Packet.Begin begin) {
      if (phase == Phase.ARRIVED && begin.epoch().number() > known) {
        open(begin.epoch());
      }
    } else if (packet instanceof Packet.Told told) {
      if (told.epoch() == known || told.answer() == Answer.OVER) {
        told(told.answer());
      }
    } else if (packet instanceof Packet.Weights weights) {
      Opened current = opened;
      if (current != null && weights.epoch() == known) {
        network.send(node, from, new Packet.Received(known, node, weights.round()));
        current.inbox.offer(weights.sender(), weights.round(), weights.message());
        if (phase == Phase.RUNNING) {
          proceed(current);
        }
      }
    } else if (packet instanceof Packet.Received received && received.epoch() == known) {
      unreceived.remove(new Key(received.receiver(), received.round()));
    }
  }

  private void told(Answer answer) {
    switch (answer) {
      case GO -> {
        if (phase == Phase.READY && opened != null) {
          phase = Phase.RUNNING;
          begin(opened);
        }
      }
      case REFORM -> {
        if (phase == Phase.READY || phase == Phase.RUNNING) {
          arrive();
        }
      }
      case OVER -> {
        phase = Phase.DONE;
        opened = null;
      }
    }
  }

  private void arrive() {
    phase = Phase.ARRIVED;
    opened = null;
    own = null;
    unreceived.clear();
    network.send(node, driver, new Packet.Arrive(life, node, round, known));
  }

  private void open(Epoch epoch) {
    known = epoch.number();
    opened = new Opened(epoch, scenario.mixing(), node);
    phase = Phase.READY;
    network.send(node, driver, new Packet.Ready(life, node, known));
  }

  private void begin(Opened current) {
    Epoch epoch = current.epoch;
    if (epoch.hasDonors()) {
      own = new DenseDouble(state.weights());
      send(current, epoch.firstRound() - 1, own);
      waitingSince = time.now();
      proceed(current);
    } else {
      firstRound(current);
    }
  }

  private void firstRound(Opened current) {
    round = current.epoch.firstRound();
    if (current.epoch.number() > 1) {
      state.restart(round);
    }
    compute(current);
  }

  private void compute(Opened current) {
    own = null;
    network.timer(
        node,
        time.now() + computing.getAsLong(),
        () -> {
          if (opened == current) {
            scenario.gradient(node, state.weights(), gradient);
            Message message = scenario.algorithm().message(state, gradient, scenario.stepSize());
            observer.sent(known, node, round, message);
            send(current, round, message);
            own = message;
            waitingSince = time.now();
            proceed(current);
          }
        });
  }

  private void send(Opened current, long messageRound, Message message) {
    sentRound = Math.max(sentRound, messageRound);
    for (int receiver : current.neighbours.receivers(node, messageRound)) {
      Packet.Weights weights = new Packet.Weights(known, node, messageRound, message);
      unreceived.put(new Key(receiver, messageRound), weights);
      network.send(node, receiver, weights);
    }
  }

  private void proceed(Opened current) {
    Message mine = own;
    if (mine == null || !current.inbox.isComplete()) {
      return;
    }
    boolean handover = current.inbox.round() < current.epoch.firstRound();
    Message[] heard = current.inbox.take();
    if (handover) {
      if (heard.length == 1) {
        state = scenario.stateWith(node, heard[0].values());
      }
      firstRound(current);
      return;
    }
    MixingMatrix mixing = current.mixing.at(round);
    int[] sources = mixing.sources(node);
    Message[] messages = new Message[sources.length];
    int next = 0;
    for (int k = 0; k < sources.length; k++) {
      messages[k] = sources[k] == node ? mine : heard[next++];
    }
    double[] mixed = Mixing.mix(mixing.weights(node), messages);
    scenario.algorithm().finish(state, mixed, gradient, scenario.stepSize());
    round++;
    observer.roundDone(known, node, round, state.weights());
    if (round < scenario.numRounds()) {
      compute(current);
    } else {
      finish();
    }
  }

  /** Others may still need what this node has sent, so it stays until all are done. */
  private void finish() {
    own = null;
    network.send(node, driver, new Packet.Arrive(life, node, round, known));
    network.timer(
        node,
        time.now() + AGAIN_NANOS,
        () -> {
          if (phase == Phase.RUNNING && round >= scenario.numRounds()) {
            finish();
          }
        });
  }

  private record Key(int receiver, long round) {}

  /** What a node needs in an epoch. */
  private static final class Opened {
    private final Epoch epoch;
    private final MixingSequence mixing;
    private final Neighbourhood neighbours;
    private final RoundInbox inbox;

    Opened(Epoch epoch, MixingSequence ofAll, int node) {
      this.epoch = epoch;
      mixing = epoch.mixing(ofAll);
      long first = epoch.firstRound() - (epoch.hasDonors() ? 1 : 0);
      neighbours =
          epoch.hasDonors()
              ? Neighbourhood.of(mixing).withHandover(first, epoch.donors())
              : Neighbourhood.of(mixing);
      Neighbourhood hearing = neighbours;
      inbox = new RoundInbox(of -> hearing.senders(node, of), first);
    }
  }
}
