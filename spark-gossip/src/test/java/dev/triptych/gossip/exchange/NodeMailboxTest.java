package dev.triptych.gossip.exchange;

import static dev.triptych.gossip.exchange.Vectors.message;
import static dev.triptych.gossip.exchange.Vectors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.gossip.message.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NodeMailboxTest {
  private final NodeMailbox mailbox =
      new NodeMailbox("gossip-1", 3, new RoundInbox(new int[] {2, 4}, 7));

  @Test
  void aWaitThatIsTooLongNamesRunNodeRoundAndNeighbours() {
    mailbox.deliver(2, 7, message(new double[1]), () -> {});

    assertThatThrownBy(() -> mailbox.receive(Duration.ofMillis(20)))
        .isInstanceOf(NeighbourTimeoutException.class)
        .hasMessage("run gossip-1: node 3 waited 20 ms in round 7 for its neighbours [4]");
  }

  @Test
  void theLastMessageWakesTheWaitingNode() throws Exception {
    CompletableFuture<Message[]> received = receiveElsewhere();
    mailbox.deliver(4, 7, message(4), () -> {});
    mailbox.deliver(2, 7, message(2), () -> {});

    assertThat(values(received.get(20, TimeUnit.SECONDS))).isDeepEqualTo(new double[][] {{2}, {4}});
  }

  @Test
  void aStopWakesTheWaitingNodeAndTheEarliestUpdateCounts() throws Exception {
    CompletableFuture<Message[]> received = receiveElsewhere();
    mailbox.stop(12);
    mailbox.stop(9);
    mailbox.stop(10);

    assertThat(received.get(20, TimeUnit.SECONDS)).isNull();
    assertThat(mailbox.stoppedAt()).isEqualTo(9);
  }

  @Test
  void aSenderThatIsTooFarAheadWaitsUntilTheNodeComesNear() throws Exception {
    List<Long> accepted = new ArrayList<>();
    for (long round = 7; round <= 11; round++) {
      long sent = round;
      mailbox.deliver(2, round, message(2), () -> accepted.add(sent));
    }
    assertThat(accepted).containsExactly(7L, 8L, 9L);

    mailbox.deliver(4, 7, message(4), () -> {});
    mailbox.receive(Duration.ofSeconds(20));

    assertThat(accepted).containsExactly(7L, 8L, 9L, 10L);
  }

  @Test
  void nobodyWaitsForANodeThatIsHaltedOrStopped() {
    List<Long> accepted = new ArrayList<>();
    mailbox.deliver(2, 20, message(2), () -> accepted.add(20L));
    mailbox.stop(3);
    mailbox.deliver(2, 30, message(2), () -> accepted.add(30L));

    assertThat(accepted).containsExactly(20L, 30L);

    NodeMailbox other = new NodeMailbox("gossip-1", 3, new RoundInbox(new int[] {2}, 0));
    other.whenNear(9, () -> accepted.add(9L));
    other.halt();

    assertThat(accepted).containsExactly(20L, 30L, 9L);
  }

  private CompletableFuture<Message[]> receiveElsewhere() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return mailbox.receive(Duration.ofSeconds(20));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
