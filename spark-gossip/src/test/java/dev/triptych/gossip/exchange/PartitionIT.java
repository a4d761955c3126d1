package dev.triptych.gossip.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gossip.control.EpochClient;
import dev.triptych.gossip.control.EpochControl;
import dev.triptych.gossip.membership.Complaint;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.gossip.membership.EpochSettings;
import dev.triptych.gossip.membership.MembershipEpochs;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two tasks on different sides of a broken network, both of which reach the driver. */
@Timeout(60)
class PartitionIT {
  private static final long SECOND = 1_000_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  @Test
  void theRunStopsAndSaysWhoCannotReachWhom() throws Exception {
    SparkSessions.local2Context();
    Topology pair = Topologies.byName("complete", 2);
    MixingSequence mixing = MixingSequence.constant(MixingRules.defaultFor(pair).weights(pair));
    EpochSettings settings =
        new EpochSettings(mixing, false, 0, 100, 20 * SECOND, 10 * SECOND, SECOND / 2);
    try (EpochControl control = EpochControl.open("partition-it", settings)) {
      CompletableFuture<Epoch> zero = task(control, mixing, 0);
      CompletableFuture<Epoch> one = task(control, mixing, 1);

      assertThat(zero.get(30, TimeUnit.SECONDS)).as("no epoch follows").isNull();
      assertThat(one.get(30, TimeUnit.SECONDS)).as("no epoch follows").isNull();
      assertThat(control.stopReason())
          .startsWith("network partition: nodes [")
          .endsWith("] although the driver reaches both");
    }
  }

  /** Runs a round in vain; what follows the first epoch. */
  private static CompletableFuture<Epoch> task(
      EpochControl control, MixingSequence mixing, int node) {
    return CompletableFuture.supplyAsync(
        () -> {
          AtomicLong sent = new AtomicLong(-1);
          try (EpochClient client =
                  EpochClient.open(
                      control.address(), node, List.of(node), () -> List.of(sent.get()));
              Exchange exchange =
                  Exchange.open(
                      "partition-it",
                      new int[] {node},
                      Neighbourhood.of(mixing),
                      0,
                      PATIENCE,
                      // Mailboxes of its own: the other task is in another process.
                      new ProcessMailboxes(),
                      handler -> Endpoint.open("node " + node, 1, handler))) {
            client.arrive(List.of(MembershipEpochs.NEW));
            Map<Integer, Address> members =
                new TreeMap<>(client.ready(exchange.endpoint().address(), exchange::halt));
            // Nobody listens there.
            members.put(1 - node, new Address("127.0.0.1", 1));
            exchange.connect(members);
            exchange.send(node, 0, Vectors.message(1));
            sent.set(0);
            try {
              exchange.receive(node);
            } catch (RoundTimeoutException e) {
              client.complain(new Complaint(node, e.round(), e.missing()));
            }
            return client.arrive(List.of(0L));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
