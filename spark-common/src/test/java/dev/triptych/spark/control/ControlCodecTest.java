package dev.triptych.spark.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.spark.transport.Address;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ControlCodecTest {
  static Stream<ControlMessage> samples() {
    return Stream.of(
        new ControlMessage.Join("run-1", List.of(0, 3, 7), 2, new Address("höst", 65_535)),
        new ControlMessage.Join("", List.of(5), 0, null),
        new ControlMessage.Report("run-1", 3, Long.MAX_VALUE),
        new ControlMessage.Lookup("run-1"));
  }

  @Test
  void everyMessageHasASample() {
    assertThat(samples().map(Object::getClass).distinct())
        .hasSameElementsAs(Arrays.asList(ControlMessage.class.getPermittedSubclasses()));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void messagesComeBackFromTheirBytes(ControlMessage message) {
    assertThat(ControlCodec.decode(ControlCodec.encode(message))).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void messagesThatAreCutShortOrTooLongAreRefused(ControlMessage message) {
    byte[] bytes = ControlCodec.encode(message).array();
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length).slice();
      assertThatThrownBy(() -> ControlCodec.decode(cut))
          .as("%d of %d bytes", length, bytes.length)
          .isInstanceOf(IllegalArgumentException.class);
    }
    ByteBuffer tooLong = ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 1));
    assertThatThrownBy(() -> ControlCodec.decode(tooLong)).hasMessage("1 bytes too many");
  }

  @Test
  void anUnknownTypeIsRefusedByNumber() {
    assertThatThrownBy(() -> ControlCodec.decode(ByteBuffer.wrap(new byte[] {77, 0, 0, 0, 0})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown control message type 77");
  }

  @Test
  void lengthsAreCheckedBeforeAnythingIsAllocated() {
    ByteBuffer huge = ByteBuffer.allocate(5).put((byte) 3).putInt(Integer.MAX_VALUE).flip();
    assertThatThrownBy(() -> ControlCodec.decode(huge))
        .hasMessage("length 2147483647 does not fit into the 0 bytes that follow");

    ByteBuffer negative = ByteBuffer.allocate(4).putInt(-1).flip();
    assertThatThrownBy(() -> ControlCodec.decodeAddresses(negative))
        .hasMessage("length -1 does not fit into the 0 bytes that follow");
  }

  @Test
  void repliesComeBackFromTheirBytes() {
    Map<Integer, Address> addresses =
        Map.of(0, new Address("127.0.0.1", 1), 11, new Address("node-11", 40_000));

    assertThat(ControlCodec.decodeAddresses(ControlCodec.encodeAddresses(addresses)))
        .isEqualTo(addresses);
    assertThat(ControlCodec.decodeAddresses(ControlCodec.encodeAddresses(Map.of()))).isEmpty();
    assertThat(ControlCodec.decodeStop(ControlCodec.encodeStop("diverged"))).isEqualTo("diverged");
    assertThat(ControlCodec.decodeStop(ControlCodec.encodeStop(null))).isNull();
  }
}
