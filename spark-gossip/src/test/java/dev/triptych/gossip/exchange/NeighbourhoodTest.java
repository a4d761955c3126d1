package dev.triptych.gossip.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequences;
import dev.triptych.gossip.topology.Topologies;
import org.junit.jupiter.api.Test;

class NeighbourhoodTest {

  @Test
  void nodesOfAFixedGraphAlwaysHearTheSameNeighbours() {
    Neighbourhood ring =
        Neighbourhood.of(MixingRules.byName("metropolis").weights(Topologies.ring(5)));

    assertThat(ring.senders(0, 0)).containsExactly(1, 4);
    assertThat(ring.senders(0, 1_000_000_000_000L)).containsExactly(1, 4);
    assertThat(ring.everReceivers(0)).containsExactly(1, 4);
  }

  @Test
  void nodesOfATimeVaryingGraphHearOneAfterTheOther() {
    Neighbourhood onePeer = Neighbourhood.of(MixingSequences.byName("one-peer-exponential", 8));

    assertThat(onePeer.senders(6, 0)).containsExactly(7);
    assertThat(onePeer.senders(6, 1)).containsExactly(0);
    assertThat(onePeer.senders(6, 2)).containsExactly(2);
    assertThat(onePeer.senders(6, 3)).containsExactly(7);
    assertThat(onePeer.receivers(7, 3)).containsExactly(6);
    assertThat(onePeer.everReceivers(7)).containsExactly(3, 5, 6);
  }
}
