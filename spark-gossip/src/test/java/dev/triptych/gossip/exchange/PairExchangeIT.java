package dev.triptych.gossip.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.triptych.gossip.pairing.PairOrder;
import dev.triptych.gossip.pairing.Separation;
import dev.triptych.gossip.pairing.StepBudget;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.RequestHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two exchanges that take each other for other processes, over real sockets: nodes 0 and 1 here,
 * nodes 2 and 3 there, everybody a neighbour of everybody.
 */
@Timeout(60)
class PairExchangeIT {
  private static final Duration WAIT = Duration.ofSeconds(20);
  private static final String RUN = "pairs-it";
  private static final long SEED = 20261124;
  private static final int LENGTH = 1000;
  private static final PairOrder ORDER = PairOrder.of(Topologies.byName("complete", 4));

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<Integer, Address> directory = new ConcurrentHashMap<>();
  private final Map<Integer, List<Integer>> missed = new ConcurrentHashMap<>();

  @AfterEach
  void closeAll() throws Exception {
    Collections.reverse(opened);
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Test
  void noAverageIsHalfDoneWhenConnectionsBreak() throws Exception {
    PairExchange here = open(0, 1);
    PairExchange there = open(2, 3);
    CuttingProxy proxy = new CuttingProxy(there.endpoint().address().port(), 6);
    opened.add(proxy);
    for (int node = 0; node < 4; node++) {
      directory.put(
          node, node < 2 ? here.endpoint().address() : new Address("127.0.0.1", proxy.port()));
    }
    begin(here);
    begin(there);

    List<CompletableFuture<Double>> nodes = new ArrayList<>();
    for (int node = 0; node < 4; node++) {
      nodes.add(play((node < 2 ? here : there).host(node), 300));
    }
    double expected = 0;
    for (int node = 0; node < 4; node++) {
      expected += 1000 * node + nodes.get(node).get(40, TimeUnit.SECONDS);
    }

    double sum = expected;
    // A difference may be late; it comes.
    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(sum(here, there)).isCloseTo(sum, within(1e-6)));
    assertThat(proxy.numConnections()).as("cut and made again").isGreaterThan(6);
    assertThat(here.host(0).numStarted()).isGreaterThan(100);
  }

  @Test
  void nodesThatAreGoneAreMissedUntilTheyRejoinElsewhereWithANeighboursWeights() throws Exception {
    PairExchange here = open(0, 1);
    PairExchange there = open(2, 3);
    for (int node = 0; node < 4; node++) {
      directory.put(node, (node < 2 ? here : there).endpoint().address());
    }
    begin(here);
    begin(there);
    there.quiet();
    there.close();
    here.host(0).step(weights -> weights[0] = 7);
    here.host(1).step(weights -> weights[0] = 7);
    CompletableFuture<Double> goesOn = play(here.host(0), 20);
    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(missed.get(0)).containsExactly(2, 3));
    double moved = goesOn.get(20, TimeUnit.SECONDS);

    PairExchange again =
        PairExchange.rejoin(
            RUN,
            1,
            new int[] {2, 3},
            ORDER,
            LENGTH,
            SEED,
            WAIT,
            new ConcurrentHashMap<>(),
            this::endpoint);
    opened.add(again);
    for (int node = 2; node < 4; node++) {
      directory.put(node, again.endpoint().address());
    }
    begin(again);
    again.host(2).awaitWeights(WAIT);
    again.host(3).awaitWeights(WAIT);

    double[] weights = new double[LENGTH];
    again.host(3).read(weights);
    assertThat(Math.abs(weights[0])).as("of a neighbour").isLessThanOrEqualTo(7 + Math.abs(moved));
    assertThat(weights[0]).isNotZero();
    await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> assertThat(missed.get(0)).isEmpty());
    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(
            () -> {
              play(here.host(0), 10).get(20, TimeUnit.SECONDS);
              assertThat(again.host(3).vectorsReceived()).isGreaterThan(5);
            });
  }

  @Test
  void whenOneSideIsNotHeardForTooLongNobodyGetsMoreStepsAndTheSidesAreNamed() throws Exception {
    StepBudget budget = new StepBudget(4);
    budget.extendTo(1_000_000);
    Duration bound = Duration.ofMillis(500);
    BudgetDesk desk =
        BudgetDesk.open(RUN, budget, new Separation(ORDER, bound.toNanos()), this::endpoint);
    opened.add(desk);
    PairExchange here = open(0, 1);
    PairExchange there = open(2, 3);
    for (int node = 0; node < 4; node++) {
      directory.put(node, (node < 2 ? here : there).endpoint().address());
    }
    BudgetClient client = new BudgetClient(here.endpoint(), desk.address(), RUN, WAIT);
    here.connect(directory, () -> CompletableFuture.completedFuture(directory), client::misses);
    begin(there);
    assertThat(client.claim(0, 5).get(20, TimeUnit.SECONDS).grant().steps()).isEqualTo(5);

    there.close();
    play(here.host(0), 20).get(20, TimeUnit.SECONDS);
    play(here.host(1), 20).get(20, TimeUnit.SECONDS);
    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThat(client.claim(0, 0).get(20, TimeUnit.SECONDS).grant().closed()).isTrue());
    assertThat(desk.read(StepBudget::problem))
        .isEqualTo("for 500 ms these nodes have not heard of each other: [0, 1] and [2, 3]");
    assertThat(client.claim(1, 5).get(20, TimeUnit.SECONDS).grant().steps()).isZero();
  }

  /** Averages and moves weight 0 by whole numbers; the sum of the moves. */
  private static CompletableFuture<Double> play(PairHost host, int steps) {
    SplittableRandom random = new SplittableRandom(SEED + host.node());
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            double moved = 0;
            for (int step = 0; step < steps; step++) {
              host.start();
              host.awaitAverage(WAIT);
              double change = random.nextInt(-8, 9);
              host.step(weights -> weights[0] += change);
              moved += change;
            }
            return moved;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task, "node-" + host.node()).start());
  }

  private static double sum(PairExchange here, PairExchange there) {
    double sum = 0;
    double[] weights = new double[LENGTH];
    for (int node = 0; node < 4; node++) {
      (node < 2 ? here : there).host(node).read(weights);
      sum += weights[0];
    }
    return sum;
  }

  /** Nodes whose weights are a thousand times their number. */
  private PairExchange open(int... nodes) {
    PairExchange exchange =
        PairExchange.open(
            RUN,
            nodes,
            ORDER,
            node -> {
              double[] weights = new double[LENGTH];
              weights[0] = 1000.0 * node;
              return weights;
            },
            SEED,
            WAIT,
            new ConcurrentHashMap<>(),
            this::endpoint);
    opened.add(exchange);
    return exchange;
  }

  private void begin(PairExchange exchange) {
    exchange.connect(
        directory, () -> CompletableFuture.completedFuture(new HashMap<>(directory)), missed::put);
  }

  private Endpoint endpoint(RequestHandler handler) {
    return Endpoint.open("pairs test", 1, handler, new SparkConf(false), "127.0.0.1", 0);
  }
}
