package dev.triptych.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SharingMessageTest {
  private static final byte[] TOKEN = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);

  @Test
  void everyKindOfMessageIsReadAsItWasWritten() {
    for (SharingMessage message :
        new SharingMessage[] {
          new SharingMessage(SharingMessage.Kind.OFFER, "run-1", "/tmp/a file", TOKEN),
          SharingMessage.decision(true, "run-1"),
          SharingMessage.decision(false, "")
        }) {
      assertThat(SharingMessage.decode(message.encode()))
          .usingRecursiveComparison()
          .isEqualTo(message);
    }
  }

  @Test
  void whatIsCutLongerOrOfNoKindIsRefused() {
    ByteBuffer whole =
        new SharingMessage(SharingMessage.Kind.OFFER, "run-1", "/tmp/f", TOKEN).encode();
    for (int length = 0; length < whole.limit(); length++) {
      ByteBuffer cut = whole.duplicate().limit(length);
      assertThatThrownBy(() -> SharingMessage.decode(cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
    ByteBuffer longer = ByteBuffer.allocate(whole.limit() + 1).put(whole.duplicate()).clear();
    assertThatThrownBy(() -> SharingMessage.decode(longer)).hasMessageContaining("after its end");
    assertThatThrownBy(() -> SharingMessage.decode(ByteBuffer.wrap(new byte[] {9})))
        .hasMessageContaining("no kind");
  }
}
