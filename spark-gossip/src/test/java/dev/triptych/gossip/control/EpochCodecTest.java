package dev.triptych.gossip.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.gossip.membership.Complaint;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.spark.transport.Address;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EpochCodecTest {
  private static final List<EpochRequest> REQUESTS =
      List.of(
          new EpochRequest.Arrive("gossip-ü", 7, List.of(0, 5), List.of(-1L, 1L << 40), 3),
          new EpochRequest.Ready("run", 1L << 50, 2, new Address("host", 4711)),
          new EpochRequest.Alive("run", 1, 2, List.of(8L, 9L, 10L)),
          new EpochRequest.Complain("run", 1, 2, new Complaint(4, 99, List.of(3, 5))),
          new EpochRequest.Stop("run", 1, "failed at node 3: …"));

  private static final List<EpochReply> REPLIES =
      List.of(
          new EpochReply.Wait(),
          new EpochReply.Open(new Epoch(3, 1L << 40, List.of(0, 2, 5), Map.of(5, 0, 2, 0))),
          new EpochReply.Go(Map.of(0, new Address("a", 1), 7, new Address("b", 65535))),
          new EpochReply.Reform(),
          new EpochReply.Over("the graph falls apart"));

  @Test
  void everyMessageComesBackAsItWasSent() {
    assertThat(REQUESTS.stream().map(Object::getClass))
        .containsExactlyInAnyOrder(EpochRequest.class.getPermittedSubclasses());
    assertThat(REPLIES.stream().map(Object::getClass))
        .containsExactlyInAnyOrder(EpochReply.class.getPermittedSubclasses());
    for (EpochRequest request : REQUESTS) {
      assertThat(EpochCodec.decodeRequest(EpochCodec.encode(request))).isEqualTo(request);
    }
    for (EpochReply reply : REPLIES) {
      assertThat(EpochCodec.decodeReply(EpochCodec.encode(reply))).isEqualTo(reply);
    }
  }

  @Test
  void whatEndsTooEarlyOrTooLateOrSaysNonsenseIsRefused() {
    for (EpochRequest request : REQUESTS) {
      ByteBuffer whole = EpochCodec.encode(request);
      for (int length = 0; length < whole.limit(); length++) {
        ByteBuffer part = whole.duplicate().limit(length);
        assertThatThrownBy(() -> EpochCodec.decodeRequest(part))
            .as("%d bytes of %s", length, request)
            .isInstanceOf(IllegalArgumentException.class);
      }
      ByteBuffer more = ByteBuffer.wrap(Arrays.copyOf(whole.array(), whole.limit() + 1));
      assertThatThrownBy(() -> EpochCodec.decodeRequest(more)).hasMessage("1 bytes too many");
    }
    for (EpochReply reply : REPLIES) {
      ByteBuffer whole = EpochCodec.encode(reply);
      for (int length = 0; length < whole.limit(); length++) {
        ByteBuffer part = whole.duplicate().limit(length);
        assertThatThrownBy(() -> EpochCodec.decodeReply(part))
            .as("%d bytes of %s", length, reply)
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
    assertThatThrownBy(() -> EpochCodec.decodeReply(ByteBuffer.wrap(new byte[] {99})))
        .hasMessage("unknown epoch reply 99");
  }
}
