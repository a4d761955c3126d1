package dev.triptych.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalMessageTest {
  @Test
  void messagesAndAnswersAreReadAsTheyWereWritten() {
    ArrivalMessage message = new ArrivalMessage("run-7", 1L << 40, 3);
    assertThat(ArrivalMessage.decode(message.encode())).isEqualTo(message);
    for (List<Integer> workers : List.of(List.<Integer>of(), List.of(0, 2, 5))) {
      assertThat(ArrivalMessage.decodeWorkers(ArrivalMessage.encodeWorkers(workers)))
          .isEqualTo(workers);
    }
  }

  @Test
  void whatIsCutIsRefused() {
    assertThatThrownBy(() -> ArrivalMessage.decode(ByteBuffer.allocate(11)))
        .hasMessageContaining("ends too early");
    ByteBuffer answer = ArrivalMessage.encodeWorkers(List.of(1, 2));
    assertThatThrownBy(() -> ArrivalMessage.decodeWorkers(answer.limit(8)))
        .hasMessageContaining("no answer");
    assertThatThrownBy(() -> ArrivalMessage.decodeWorkers(ByteBuffer.allocate(3)))
        .hasMessageContaining("no answer");
  }
}
