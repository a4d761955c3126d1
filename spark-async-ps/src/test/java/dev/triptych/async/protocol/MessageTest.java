package dev.triptych.async.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.store.Selection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageTest {

  @Test
  void everyTypeHasASampleAndEverySampleSurvivesTheRoundTrip() throws Exception {
    List<MessageType> seen = new ArrayList<>();
    for (Message message : samples()) {
      Message decoded = Message.decode(Message.encode(message));
      assertThat(decoded)
          .usingRecursiveComparison()
          .withEqualsForType(Selection::equals, Selection.class)
          .isEqualTo(message);
      assertThat(Message.encode(decoded)).isEqualTo(Message.encode(message));
      seen.add(decoded.type());
    }
    assertThat(seen).contains(MessageType.values());
  }

  @Test
  void everyTruncationAndEveryExtraByteIsRefused() {
    for (Message message : samples()) {
      ByteBuffer bytes = Message.encode(message);
      for (int length = 0; length < bytes.limit(); length++) {
        ByteBuffer cut = bytes.duplicate().limit(length);
        assertThatThrownBy(() -> Message.decode(cut))
            .as("%s cut to %d", message.type(), length)
            .isInstanceOf(MalformedMessageException.class);
      }
      ByteBuffer longer = ByteBuffer.allocate(bytes.limit() + 1).put(bytes.duplicate()).rewind();
      assertThatThrownBy(() -> Message.decode(longer))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void anotherProtocolVersionIsRefusedByName() {
    ByteBuffer bytes = Message.encode(new Answer.Done());
    bytes.put(0, (byte) 9);
    assertThatThrownBy(() -> Message.decode(bytes))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("protocol version 9, expected 2");
  }

  private static List<Message> samples() {
    List<Message> samples = new ArrayList<>(Samples.requests());
    samples.addAll(Samples.answers());
    return samples;
  }
}
