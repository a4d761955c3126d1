package dev.triptych.gossip.exchange;

import static dev.triptych.gossip.exchange.Vectors.message;
import static dev.triptych.gossip.exchange.Vectors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.DenseFloat;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.RemoteFailureException;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkConf;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two exchanges that take each other for other processes, over real sockets: nodes 0 and 1 here,
 * nodes 2 and 3 there, on a ring.
 */
@Timeout(60)
class ExchangeIT {
  private static final Duration WAIT = Duration.ofSeconds(20);
  private static final String RUN = "gossip-it";

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Test
  void everyNodeHearsItsNeighboursInEveryRoundWhicheverProcessTheyAreIn() throws Exception {
    Exchange here = open(WAIT, 0, 1);
    Exchange there = open(WAIT, 2, 3);
    connect(here, there);
    long rounds = 200;

    List<CompletableFuture<List<double[][]>>> nodes = new ArrayList<>();
    for (int node = 0; node < 4; node++) {
      nodes.add(play(node < 2 ? here : there, node, rounds));
    }

    for (int node = 0; node < 4; node++) {
      int before = Math.min((node + 3) % 4, (node + 1) % 4);
      int after = Math.max((node + 3) % 4, (node + 1) % 4);
      List<double[][]> heard = nodes.get(node).get(40, TimeUnit.SECONDS);
      assertThat(heard).hasSize((int) rounds);
      for (int t = 0; t < rounds; t++) {
        assertThat(heard.get(t)).isDeepEqualTo(new double[][] {{before, t}, {after, t}});
      }
    }
    assertThat(here.endpoint().bytesReceived()).isPositive();
  }

  @Test
  void sentBytesAreDegreeTimesMessageInMemoryOrNot() throws Exception {
    Exchange here = open(WAIT, 0, 1);
    Exchange there = open(WAIT, 2, 3);
    connect(here, there);

    assertThat(here.send(0, 0, message(new double[100]))).isEqualTo(2 * 800);
  }

  @Test
  void longVectorsArriveUnchangedInBothPrecisions() throws Exception {
    Exchange here = open(WAIT, 0, 1);
    Exchange there = open(WAIT, 2, 3);
    connect(here, there);
    double[] vector = new Random(7).doubles(300_001).toArray();
    List<Message> sent = List.of(new DenseDouble(vector), DenseFloat.of(vector));

    for (int round = 0; round < 20; round++) {
      for (int node = 0; node < 4; node++) {
        Exchange exchange = node < 2 ? here : there;
        assertThat(exchange.send(node, round, sent.get(round % 2)))
            .isEqualTo(2L * 300_001 * (round % 2 == 0 ? 8 : 4));
      }
      for (int node = 0; node < 4; node++) {
        for (Message heard : (node < 2 ? here : there).receive(node)) {
          assertThat(Arrays.equals(heard.values(), sent.get(round % 2).values())).isTrue();
        }
      }
    }
  }

  @Test
  void aFastSenderWaitsForASlowOneItDoesNotHear() throws Exception {
    Topology path = Topology.of("there and not back", new int[][] {{1}, {}});
    for (int length : new int[] {1, 50_000}) {
      for (boolean apart : new boolean[] {false, true}) {
        MixingMatrix weights = MixingRules.byName("column-stochastic").weights(path);
        Exchange sender = open("directed", weights, apart ? new int[] {0} : new int[] {0, 1});
        Exchange receiver = apart ? open("directed", weights, 1) : sender;
        Map<Integer, Address> everybody =
            Map.of(0, sender.endpoint().address(), 1, receiver.endpoint().address());
        sender.connect(everybody);
        receiver.connect(everybody);
        AtomicLong sent = new AtomicLong();
        CompletableFuture<Void> fast =
            CompletableFuture.runAsync(
                () -> {
                  try {
                    for (long round = 0; round < 10; round++) {
                      sender.send(0, round, message(new double[length]));
                      sent.incrementAndGet();
                    }
                    sender.drain();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });

        for (long round = 0; round < 10; round++) {
          // MAX_AHEAD, the one under way, and the one that waits to be sent.
          long most = Math.min(10, round + RoundInbox.MAX_AHEAD + 2);
          Awaitility.await().until(() -> sent.get() == most);
          Awaitility.await().during(Duration.ofMillis(20)).until(() -> sent.get() == most);
          assertThat(receiver.receive(1)).hasSize(1);
        }
        fast.get(20, TimeUnit.SECONDS);
        closeAll();
        opened.clear();
      }
    }
  }

  @Test
  void aStopReachesEveryNodeInEveryProcess() throws Exception {
    Exchange here = open(WAIT, 0, 1);
    Exchange there = open(WAIT, 2, 3);
    connect(here, there);
    List<CompletableFuture<List<double[][]>>> others = new ArrayList<>();
    for (int node = 1; node < 4; node++) {
      others.add(play(node < 2 ? here : there, node, 100));
    }
    here.send(0, 0, message(0, 0));
    here.receive(0);

    here.stop(0, 1);

    for (CompletableFuture<List<double[][]>> other : others) {
      assertThat(other.get(40, TimeUnit.SECONDS)).hasSizeLessThan(3);
    }
    assertThat(there.stoppedAt(2)).isEqualTo(1);
    assertThat(there.stoppedAt(3)).isEqualTo(1);
  }

  @Test
  void aNeighbourThatNeverSendsIsNamed() throws Exception {
    Exchange here = open(Duration.ofMillis(100), 0, 1);
    Exchange there = open(WAIT, 2, 3);
    connect(here, there);
    here.send(1, 0, message(new double[1]));

    assertThatThrownBy(() -> here.receive(0))
        .isInstanceOf(NeighbourTimeoutException.class)
        .hasMessageContaining("run gossip-it: node 0 waited 100 ms in round 0")
        .hasMessageEndingWith("for its neighbours [3]");
  }

  @Test
  void aNeighbourThatIsGoneDoesNotKeepANodeFromFinishing() throws Exception {
    Exchange here = open(WAIT, 0, 1);
    Exchange there = open(WAIT, 2, 3);
    connect(here, there);
    there.close();

    here.send(0, 0, message(new double[1]));

    here.drain();
  }

  @Test
  void messagesOfAnotherRunAreRefused() throws Exception {
    Exchange here = open(WAIT, 0, 1);
    Endpoint stranger = endpoint((request, reply) -> {});
    ByteBuffer message = new GossipMessage("gossip-other", 3, 0, 0, message(0)).encode();

    assertThatThrownBy(
            () -> stranger.call(here.endpoint().address(), message, WAIT).get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(RemoteFailureException.class)
        .hasMessageContaining("here is run gossip-it")
        .hasMessageContaining("the message is for run gossip-other and node 0");
  }

  @Test
  void aMessageWhoseReplyIsLostIsSentAgainAndCountsOnce() throws Exception {
    Exchange here = open(WAIT, 0, 1);
    Exchange there = open(WAIT, 2, 3);
    CuttingProxy proxy = new CuttingProxy(there.endpoint().address().port());
    opened.add(proxy);
    Map<Integer, Address> everybody = new HashMap<>();
    for (int node = 0; node < 4; node++) {
      everybody.put(
          node, node < 2 ? here.endpoint().address() : new Address("127.0.0.1", proxy.port()));
    }
    here.connect(everybody);
    there.connect(everybody);

    here.send(0, 0, message(7));
    here.drain();
    there.send(2, 0, message(2));

    assertThat(proxy.numConnections()).isEqualTo(2);
    assertThat(values(there.receive(3))).isDeepEqualTo(new double[][] {{7}, {2}});
    assertThat(there.numIgnored(3)).isEqualTo(1);
  }

  /** Sends (node, round) in every round, from a thread of its own. */
  private static CompletableFuture<List<double[][]>> play(
      Exchange exchange, int node, long rounds) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            List<double[][]> heard = new ArrayList<>();
            for (long round = 0; round < rounds; round++) {
              exchange.send(node, round, message(node, round));
              Message[] messages = exchange.receive(node);
              if (messages == null) {
                break;
              }
              heard.add(values(messages));
            }
            return heard;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task, "node-" + node).start());
  }

  private static void connect(Exchange here, Exchange there) {
    Map<Integer, Address> everybody = new HashMap<>();
    for (int node = 0; node < 4; node++) {
      everybody.put(node, (node < 2 ? here : there).endpoint().address());
    }
    here.connect(everybody);
    there.connect(everybody);
  }

  private Exchange open(String run, MixingMatrix weights, int... nodes) {
    Exchange exchange =
        Exchange.open(
            run, nodes, Neighbourhood.of(weights), 0, WAIT, new ProcessMailboxes(), this::endpoint);
    opened.add(exchange);
    return exchange;
  }

  private Exchange open(Duration maxWait, int... nodes) {
    Topology ring = Topologies.ring(4);
    Exchange exchange =
        Exchange.open(
            RUN,
            nodes,
            Neighbourhood.of(MixingRules.defaultFor(ring).weights(ring)),
            0,
            maxWait,
            new ProcessMailboxes(),
            this::endpoint);
    opened.add(exchange);
    return exchange;
  }

  private Endpoint endpoint(RequestHandler handler) {
    Endpoint endpoint =
        Endpoint.open("exchange test", 1, handler, new SparkConf(false), "127.0.0.1", 0);
    opened.add(endpoint);
    return endpoint;
  }
}
