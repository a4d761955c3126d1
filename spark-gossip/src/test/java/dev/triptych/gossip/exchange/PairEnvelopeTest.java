package dev.triptych.gossip.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.gossip.exchange.BudgetMessage.Event;
import dev.triptych.gossip.pairing.PairMessage;
import dev.triptych.gossip.pairing.StepBudget.Grant;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairEnvelopeTest {
  private static final double[] VALUES = {1.5, -0.0, Double.MIN_VALUE, Double.NaN};
  private static final List<PairMessage> SAMPLES =
      List.of(
          new PairMessage.Request(Long.MAX_VALUE, VALUES),
          new PairMessage.Answer(7, VALUES),
          new PairMessage.Settled(1L << 40),
          new PairMessage.Ping(),
          new PairMessage.Alive(),
          new PairMessage.Pull(),
          new PairMessage.Weights(VALUES));

  @Test
  void everyMessageComesBackAsItWasSent() {
    assertThat(SAMPLES).hasSameSizeAs(PairMessage.class.getPermittedSubclasses());
    for (PairMessage message : SAMPLES) {
      PairEnvelope sent = new PairEnvelope("lauf ü", 3, 250, message);
      PairEnvelope read = PairEnvelope.decode(sent.encode());
      assertThat(read.runId()).isEqualTo("lauf ü");
      assertThat(read.sender()).isEqualTo(3);
      assertThat(read.receiver()).isEqualTo(250);
      assertThat(read.message()).hasSameClassAs(message);
      assertThat(read.encode()).as("%s", message).isEqualTo(sent.encode());
    }
    if (roundTrip(SAMPLES.get(0)) instanceof PairMessage.Request request) {
      assertThat(request.number()).isEqualTo(Long.MAX_VALUE);
      assertThat(request.weights()).containsExactly(VALUES);
    }
    if (roundTrip(SAMPLES.get(1)) instanceof PairMessage.Answer answer) {
      assertThat(answer.number()).isEqualTo(7);
      assertThat(answer.difference()).containsExactly(VALUES);
    }
  }

  private static PairMessage roundTrip(PairMessage message) {
    return PairEnvelope.decode(new PairEnvelope("run", 0, 1, message).encode()).message();
  }

  @Test
  void bytesThatAreNoMessageAreRefused() {
    for (PairMessage message : SAMPLES) {
      ByteBuffer whole = new PairEnvelope("run", 0, 1, message).encode();
      for (int length = 0; length < whole.limit(); length++) {
        ByteBuffer cut = whole.duplicate().limit(length);
        assertThatThrownBy(() -> PairEnvelope.decode(cut))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
    ByteBuffer strange = new PairEnvelope("run", 0, 1, new PairMessage.Ping()).encode();
    strange.put(4 + 3 + 4 + 4, (byte) 99);
    assertThatThrownBy(() -> PairEnvelope.decode(strange))
        .hasMessageContaining("unknown pair message type 99");
  }

  @Test
  void claimsAndGrantsComeBackAsTheyWereSent() {
    for (Event event : Event.values()) {
      BudgetMessage message = new BudgetMessage("run", 5, 17, event, List.of(1, 4));
      assertThat(BudgetMessage.decode(message.encode())).isEqualTo(message);
    }
    Grant grant = new Grant(3, 1L << 40, 1L << 41, true, false);
    assertThat(BudgetMessage.decodeReply(BudgetMessage.encodeReply(grant, 99)))
        .isEqualTo(new GrantedSteps(grant, 99));
    ByteBuffer whole = new BudgetMessage("run", 5, 17, Event.MISSES, List.of(1, 4)).encode();
    for (int length = 0; length < whole.limit(); length++) {
      ByteBuffer cut = whole.duplicate().limit(length);
      assertThatThrownBy(() -> BudgetMessage.decode(cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
