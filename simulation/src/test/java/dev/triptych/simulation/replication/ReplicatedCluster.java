package dev.triptych.simulation.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.replica.Command;
import dev.triptych.async.replica.Coordinator;
import dev.triptych.async.replica.Replica;
import dev.triptych.async.shard.Effect;
import dev.triptych.async.shard.HelloRequest;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.PullRequest;
import dev.triptych.async.shard.PushRequest;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import dev.triptych.simulation.Faults;
import dev.triptych.simulation.Network;
import dev.triptych.simulation.Process;
import dev.triptych.simulation.VirtualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Servers, workers and a coordinator on the simulated {@link Network}, in one thread: messages are
 * late, overtake each other, are lost and repeated, connections break; servers are killed, come
 * back empty, hang, join and leave. Everything is drawn from one seed. Times are in milliseconds.
 */
final class ReplicatedCluster {
  private static final long TICK = 50;
  private static final long SILENCE = 1000;
  private static final long REFUSED = 400;
  private static final long RETRY = 300;
  private static final int FIRST_SEQUENCE = -1; // that of request 1, which only pulls
  private static final Token NOBODY = new Token(-1, -1);

  final SplittableRandom random;
  final int numWorkers;
  final int numShards;
  final ShardSettings settings;
  final Map<String, Node> nodes = new TreeMap<>();
  final Coordinator coordinator;
  final List<Worker> workers = new ArrayList<>();
  final VirtualTime time = new VirtualTime();
  final Network<Runnable> network;
  final int driver;
  private final Map<Integer, String> names = new HashMap<>();
  double lossRate;

  /** Whom a reply goes to: a request of a worker. */
  record Token(int worker, long request) {}

  ReplicatedCluster(
      long seed, int numServers, int numWorkers, int numShards, int replicas, long budget) {
    random = new SplittableRandom(seed);
    Faults.Decision sometimes = (from, to, at) -> random.nextDouble() < lossRate;
    Faults.Decision rarely = (from, to, at) -> random.nextDouble() < lossRate / 10;
    network =
        new Network<>(
            time,
            new Faults(
                sometimes,
                sometimes,
                (from, to, at) -> delay(),
                (from, to, at) -> random.nextBoolean(),
                rarely));
    driver = network.join(new Driver());
    this.numWorkers = numWorkers;
    this.numShards = numShards;
    Consistency consistency =
        List.of(Consistency.bsp(), Consistency.ssp(1), Consistency.asp()).get(random.nextInt(3));
    settings =
        new ShardSettings(
            numWorkers,
            3,
            new Adam(0.9, 0.999),
            StepSize.constant(0.1),
            consistency,
            10,
            budget,
            5,
            4);
    List<String> primaries = new ArrayList<>();
    for (int server = 0; server < numServers; server++) {
      start("s" + server);
    }
    for (int shard = 0; shard < numShards; shard++) {
      String name = "s" + shard % numServers;
      primaries.add(name);
      nodes
          .get(name)
          .shards
          .put(shard, new Hosted(new ShardMachine<>(settings), Replica.primary()));
    }
    coordinator = new Coordinator(primaries, replicas, SILENCE, REFUSED, 0);
    nodes.keySet().forEach(name -> coordinator.join(name, 0));
    for (int worker = 0; worker < numWorkers; worker++) {
      workers.add(new Worker(worker));
    }
  }

  /** A server process. */
  final class Node {
    final String name;
    final Map<Integer, Hosted> shards = new TreeMap<>();
    final int address;
    boolean alive = true;
    boolean leaving;
    private long hangsUntil;

    Node(String name, int address) {
      this.name = name;
      this.address = address;
    }
  }

  /** A replica with its machine. */
  static final class Hosted {
    ShardMachine<Token> machine;
    final Replica<Object, Token, Response> replica;

    Hosted(ShardMachine<Token> machine, Replica<Object, Token, Response> replica) {
      this.machine = machine;
      this.replica = replica;
    }
  }

  /** One push of one worker, the same bytes each time. */
  record Push(PushRequest request, Token from) {}

  /** An introduction. */
  record Hello(HelloRequest request, Token from) {}

  /** The first request of a worker. */
  record Pull(PullRequest request, Token from) {}

  /** Pulls, then pushes 0, 1, 2, … to every shard, each request until it is answered. */
  final class Worker {
    final int index;
    final long[] acknowledged;
    final boolean[] waiting;
    final long[] versions;
    long sequence = FIRST_SEQUENCE;
    boolean done;
    boolean finished;
    private final int address;
    private long request;

    Worker(int index) {
      this.index = index;
      address = network.join((from, message) -> message.run());
      acknowledged = new long[numShards];
      waiting = new boolean[numShards];
      versions = new long[numShards];
    }

    void step() {
      request++;
      for (int shard = 0; shard < numShards; shard++) {
        waiting[shard] = true;
        send(shard);
      }
    }

    void send(int shard) {
      if (!waiting[shard]) {
        return;
      }
      Token token = new Token(index, request);
      Gradient gradient =
          Gradient.dense(new double[] {index + 1, sequence % 7 - 3, (sequence * 31 + index) % 5});
      Object request =
          sequence < 0
              ? new Pull(new PullRequest(index, 0, 0, Selection.all()), token)
              : new Push(
                  new PushRequest(
                      index, 0, sequence, versions[shard], 1, gradient, Selection.all()),
                  token);
      String primary = coordinator.places().get(shard).primary();
      Object message =
          random.nextInt(50) == 0 ? new Hello(new HelloRequest(index, 0), token) : request;
      deliver(address, primary, node -> serve(node, shard, message, token));
      after(
          RETRY,
          () -> {
            if (this.request == token.request()) {
              send(shard);
            }
          });
    }

    void answered(int shard, long toRequest, Response response) {
      if (toRequest != request || !waiting[shard]) {
        return;
      }
      if (!(response instanceof Response.Weights weights)) {
        return; // refused or a hello: the retry asks again
      }
      acknowledged[shard] = sequence + 1;
      waiting[shard] = false;
      versions[shard] = weights.version();
      done |= weights.progress() != Progress.RUNNING;
      for (boolean still : waiting) {
        if (still) {
          return;
        }
      }
      sequence++;
      if (!done) {
        after(random.nextInt(1, 10), this::step);
      } else {
        finished = true;
      }
    }
  }

  // --- Servers ---

  /** A new server, or an empty one where the old one was. */
  void start(String name) {
    Node before = nodes.get(name);
    Process<Runnable> process = (from, message) -> message.run();
    int address = before == null ? network.join(process) : before.address;
    if (before != null) {
      network.restart(address, process);
    }
    names.put(address, name);
    nodes.put(name, new Node(name, address));
  }

  void kill(String name) {
    Node node = nodes.get(name);
    node.alive = false;
    network.crash(node.address);
  }

  void hang(String name, long millis) {
    Node node = nodes.get(name);
    node.hangsUntil = time.now() + millis;
    network.freeze(node.address, node.hangsUntil);
  }

  /** A server tells whoever asks that it goes, takes nothing more, and ends when it is empty. */
  void leave(String name) {
    nodes.get(name).leaving = true;
    endIfEmpty(nodes.get(name));
  }

  private void endIfEmpty(Node node) {
    if (node.leaving && node.shards.isEmpty()) {
      kill(node.name);
    }
  }

  private void serve(Node node, int shard, Object message, Token from) {
    Hosted hosted = node.shards.get(shard);
    if (hosted == null || hosted.replica.role() != Replica.Role.PRIMARY) {
      return;
    }
    hosted.replica.append(message, time.now());
    for (Effect<Token> effect : apply(hosted.machine, message, from, time.now())) {
      if (effect instanceof Effect.Answer<Token> answer && answer.to() != NOBODY) {
        if (hosted.replica.mayReply(answer.to(), answer.response())) {
          reply(node, shard, answer.to(), answer.response());
        }
      }
    }
    offer(node, shard);
  }

  private static List<Effect<Token>> apply(
      ShardMachine<Token> machine, Object message, Token from, long at) {
    machine.countBytes(3, 0);
    if (message instanceof Push push) {
      return List.copyOf(machine.push(push.request(), from, at));
    }
    if (message instanceof Pull pull) {
      return List.copyOf(machine.pull(pull.request(), from, at));
    }
    return List.copyOf(machine.hello(((Hello) message).request(), from));
  }

  private void reply(Node node, int shard, Token to, Response response) {
    if (response instanceof Response.Weights) {
      // Whatever is acknowledged now is known to every newer primary.
      long epoch = node.shards.get(shard).replica.epoch();
      for (Node other : nodes.values()) {
        Hosted newer = other.shards.get(shard);
        if (other.alive
            && newer != null
            && newer.replica.role() == Replica.Role.PRIMARY
            && newer.replica.epoch() > epoch) {
          assertThat(newer.machine.nextSequences()[to.worker()])
              .as("%s of epoch %d acknowledges beside %s", node.name, epoch, other.name)
              .isGreaterThan(to.request() + FIRST_SEQUENCE - 1);
        }
      }
    }
    Worker worker = workers.get(to.worker());
    network.send(
        node.address, worker.address, () -> worker.answered(shard, to.request(), response));
  }

  private void offer(Node node, int shard) {
    Hosted hosted = node.shards.get(shard);
    if (hosted == null) {
      return;
    }
    for (String follower : hosted.replica.followers()) {
      List<Replica.Entry<Object>> entries = hosted.replica.toSend(follower, 1 + random.nextInt(4));
      if (entries.isEmpty()) {
        continue;
      }
      long end = entries.get(entries.size() - 1).index() + 1;
      long epoch = hosted.replica.epoch();
      deliver(
          node.address,
          follower,
          backup -> {
            Hosted behind = backup.shards.get(shard);
            List<Replica.Entry<Object>> fresh =
                behind == null ? null : behind.replica.offered(epoch, entries);
            if (fresh != null) {
              for (Replica.Entry<Object> entry : fresh) {
                behind.replica.taken();
                apply(behind.machine, entry.event(), NOBODY, entry.now());
              }
            }
            long newer = behind == null ? 0 : behind.replica.epoch();
            boolean refused = behind != null && fresh == null;
            long next = behind == null ? 0 : behind.replica.nextIndex();
            deliver(
                backup.address,
                node.name,
                primary -> {
                  if (primary != node || primary.shards.get(shard) != hosted) {
                    return;
                  }
                  if (refused) {
                    hosted.replica.refused(newer);
                  } else {
                    hosted
                        .replica
                        .acknowledged(follower, next, end)
                        .forEach(r -> reply(primary, shard, r.to(), r.reply()));
                  }
                });
          });
      network.timer(
          node.address,
          time.now() + RETRY,
          () -> {
            if (hosted.replica.followers().contains(follower)) {
              if (!hosted.replica.isInSync(follower) || hosted.replica.numWithheld() > 0) {
                hosted.replica.sendAgain(follower);
              }
              offer(node, shard);
            }
          });
    }
  }

  private void carryOut(Command command) {
    deliver(
        driver,
        command.server(),
        node -> {
          Hosted hosted = node.shards.get(command.shard());
          boolean done = true;
          switch (command.kind()) {
            case PROMOTE -> done = hosted != null && hosted.replica.promote(command.epoch());
            case FOLLOW -> {
              if (hosted != null && hosted.replica.follow(command.epoch(), command.other())) {
                install(node, command, hosted);
              }
              done = obeyed(hosted, command);
            }
            case UNFOLLOW -> {
              if (hosted != null) {
                hosted
                    .replica
                    .unfollow(command.epoch(), command.other())
                    .forEach(r -> reply(node, command.shard(), r.to(), r.reply()));
              }
              done = obeyed(hosted, command);
            }
            case RETIRE -> {
              if (hosted != null && hosted.replica.epoch() <= command.epoch()) {
                node.shards.remove(command.shard());
                endIfEmpty(node);
              }
            }
          }
          if (done) {
            network.send(node.address, driver, () -> coordinator.done(command, time.now()));
          }
        });
  }

  /** Who is no primary (any more) carries nothing out, and its answer says so. */
  private static boolean obeyed(@Nullable Hosted hosted, Command command) {
    return hosted != null
        && hosted.replica.role() == Replica.Role.PRIMARY
        && hosted.replica.epoch() >= command.epoch();
  }

  private void install(Node node, Command command, Hosted hosted) {
    byte[] state = bytes(hosted.machine);
    long index = hosted.replica.nextIndex();
    sendState(node, command, hosted, state, index);
  }

  private void sendState(Node node, Command command, Hosted hosted, byte[] state, long index) {
    String follower = command.other();
    if (!hosted.replica.followers().contains(follower)) {
      return;
    }
    boolean[] installed = {false};
    deliver(
        node.address,
        follower,
        target -> {
          Hosted there = target.shards.get(command.shard());
          if (target.leaving && there == null) {
            return;
          }
          if (there == null || there.replica.epoch() < command.epoch()) {
            target.shards.put(
                command.shard(),
                new Hosted(read(settings, state), Replica.backup(command.epoch(), index)));
          }
          deliver(
              target.address,
              node.name,
              primary -> {
                if (primary == node) {
                  installed[0] = true;
                  hosted.replica.installed(follower, command.epoch());
                  offer(node, command.shard());
                }
              });
        });
    network.timer(
        node.address,
        time.now() + RETRY,
        () -> {
          if (!installed[0]) {
            sendState(node, command, hosted, state, index);
          }
        });
  }

  // --- The driver ---

  /** Is told what the servers answer, and whose connection broke or was refused. */
  private final class Driver implements Process<Runnable> {
    @Override
    public void receive(int from, Runnable message) {
      message.run();
    }

    @Override
    public void disconnected(int peer) {
      coordinator.refused(names.get(peer), time.now());
    }
  }

  private void tick() {
    for (String name : List.copyOf(nodes.keySet())) {
      ping(name);
    }
    coordinator.tick(time.now()).forEach(this::carryOut);
    after(TICK, this::tick);
  }

  private void ping(String name) {
    deliver(
        driver,
        name,
        pinged -> {
          Map<Integer, Replica.Role> roles = new HashMap<>();
          Map<Integer, Long> epochs = new HashMap<>();
          Map<Integer, List<String>> inSync = new HashMap<>();
          pinged.shards.forEach(
              (shard, hosted) -> {
                roles.put(shard, hosted.replica.role());
                epochs.put(shard, hosted.replica.epoch());
                inSync.put(
                    shard,
                    hosted.replica.followers().stream().filter(hosted.replica::isInSync).toList());
              });
          List<Coordinator.Place> asked = coordinator.places();
          boolean leaves = pinged.leaving;
          network.send(
              pinged.address,
              driver,
              () -> {
                coordinator.join(name, time.now());
                coordinator.answered(name, time.now());
                coordinator.leave(name, leaves);
                for (int shard = 0; shard < numShards; shard++) {
                  boolean same = asked.get(shard).equals(coordinator.places().get(shard));
                  if (roles.get(shard) == null) {
                    if (same) {
                      coordinator.missing(shard, name);
                    }
                  } else if (roles.get(shard) == Replica.Role.DEPOSED && same) {
                    coordinator.deposed(shard, name);
                  } else {
                    for (String follower : inSync.get(shard)) {
                      coordinator.inSync(shard, name, epochs.get(shard), follower);
                    }
                  }
                }
              });
        });
  }

  // --- The network ---

  private long delay() {
    return random.nextInt(20) == 0 ? random.nextInt(1, 200) : random.nextInt(1, 10);
  }

  private interface Delivery {
    void to(Node node);
  }

  private void deliver(int from, String name, Delivery delivery) {
    network.send(from, nodes.get(name).address, () -> delivery.to(nodes.get(name)));
  }

  void after(long delay, Runnable action) {
    time.after(delay, action);
  }

  /** Starts everybody. */
  void begin() {
    tick();
    workers.forEach(Worker::step);
  }

  /** Runs until all workers are done, or for {@code most} virtual milliseconds. */
  boolean runUntilDone(long most) {
    return runUntil(most, () -> workers.stream().allMatch(w -> w.finished) && isWhole());
  }

  boolean runUntil(long most, BooleanSupplier isOver) {
    return time.runUntil(isOver, time.now() + most);
  }

  /**
   * Whether every shard really has a primary and a backup that the coordinator knows, and has heard
   * of lately: a server that was silent for almost too long may yet be given up.
   */
  boolean isSafe() {
    for (Node node : nodes.values()) {
      if (node.alive && node.hangsUntil > time.now() - RETRY) {
        return false;
      }
    }
    for (int shard = 0; shard < numShards; shard++) {
      Coordinator.Place place = coordinator.places().get(shard);
      if (!has(place.primary(), shard, Replica.Role.PRIMARY)
          || place.backup() == null
          || !has(place.backup(), shard, Replica.Role.BACKUP)) {
        return false;
      }
    }
    return coordinator.isSettled();
  }

  /** Whether the servers really have what the coordinator believes, now that nobody works. */
  private boolean isWhole() {
    for (int shard = 0; shard < numShards; shard++) {
      Coordinator.Place place = coordinator.places().get(shard);
      if (!has(place.primary(), shard, Replica.Role.PRIMARY)
          || (place.backup() != null && !has(place.backup(), shard, Replica.Role.BACKUP))) {
        return false;
      }
    }
    return coordinator.isSettled();
  }

  private boolean has(String server, int shard, Replica.Role role) {
    Node node = nodes.get(server);
    Hosted hosted = node.shards.get(shard);
    return node.alive
        && node.hangsUntil <= time.now()
        && hosted != null
        && hosted.replica.role() == role;
  }

  @Override
  public String toString() {
    StringBuilder words = new StringBuilder(coordinator.places().toString());
    for (Node node : nodes.values()) {
      words.append(" ").append(node.name).append(node.alive ? "" : " ended");
      words.append(node.leaving ? " leaving" : "");
      node.shards.forEach(
          (shard, hosted) ->
              words.append(
                  " %d:%s@%d".formatted(shard, hosted.replica.role(), hosted.replica.epoch())));
    }
    workers.forEach(worker -> words.append(worker.finished ? " done" : " at " + worker.sequence));
    return words.toString();
  }

  Hosted primaryOf(int shard) {
    return nodes.get(coordinator.places().get(shard).primary()).shards.get(shard);
  }

  static byte[] bytes(ShardMachine<Token> machine) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      StateWriter out = new StateWriter(bytes);
      machine.writeTo(out);
      out.finish();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ShardMachine<Token> read(ShardSettings settings, byte[] state) {
    try {
      StateReader in = new StateReader(new ByteArrayInputStream(state));
      ShardMachine<Token> machine = ShardMachine.read(settings, NOBODY, in);
      in.finish();
      return machine;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
