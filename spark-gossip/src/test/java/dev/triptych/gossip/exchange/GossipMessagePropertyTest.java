package dev.triptych.gossip.exchange;

import static dev.triptych.gossip.exchange.Vectors.message;
import static dev.triptych.gossip.exchange.Vectors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.gossip.message.Dense;
import dev.triptych.gossip.message.DenseFloat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class GossipMessagePropertyTest {

  @Property(tries = 200)
  void aMessageComesBackAsItWasSent(
      @ForAll String runId,
      @ForAll @IntRange(min = 0) int sender,
      @ForAll @IntRange(min = 0) int receiver,
      @ForAll long round,
      @ForAll @Size(max = 50) double[] values) {
    String sendable = new String(runId.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    GossipMessage decoded =
        GossipMessage.decode(
            new GossipMessage(sendable, sender, receiver, round, message(values)).encode());

    assertThat(decoded.runId()).isEqualTo(sendable);
    assertThat(decoded.sender()).isEqualTo(sender);
    assertThat(decoded.receiver()).isEqualTo(receiver);
    assertThat(decoded.round()).isEqualTo(round);
    assertThat(values(decoded.message())[0]).containsExactly(values);
  }

  @Example
  void aStopHasNoValues() {
    assertThat(GossipMessage.decode(new GossipMessage("r", 1, 2, 3, null).encode()).message())
        .isNull();
  }

  @Example
  void anUploadsHeaderMakesRoomForItsValues() {
    Dense floats = DenseFloat.of(new double[5]);
    GossipMessage decoded =
        GossipMessage.decode(new GossipMessage("run", 1, 2, 3, floats).encodeHeader(floats));

    assertThat(decoded.kind()).isEqualTo(GossipMessage.Kind.UPLOAD);
    assertThat(decoded.message()).isInstanceOf(DenseFloat.class);
    assertThat(Objects.requireNonNull(decoded.message()).length()).isEqualTo(5);
    ByteBuffer tooLong = new GossipMessage("run", 1, 2, 3, floats).encodeHeader(floats);
    tooLong.putInt(tooLong.limit() - 4, Integer.MAX_VALUE);
    assertThatThrownBy(() -> GossipMessage.decode(tooLong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2147483647 values");
  }

  @Property(tries = 200)
  void truncatedBytesAreRefusedAndNothingElseIsThrown(
      @ForAll @IntRange(min = 0, max = 48) int cut) {
    ByteBuffer whole = new GossipMessage("run", 1, 2, 3, message(1, 2, 3)).encode();
    ByteBuffer part = whole.slice(0, Math.min(cut, whole.remaining() - 1));

    assertThatThrownBy(() -> GossipMessage.decode(part))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("message");
  }

  @Example
  void aLengthThatDoesNotFitIsRefusedBeforeAnythingIsAllocated() {
    ByteBuffer bytes = new GossipMessage("run", 1, 2, 3, message(1)).encode();
    bytes.putInt(4 + 3 + 16 + 2, Integer.MAX_VALUE);

    assertThatThrownBy(() -> GossipMessage.decode(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2147483647 values");
  }
}
