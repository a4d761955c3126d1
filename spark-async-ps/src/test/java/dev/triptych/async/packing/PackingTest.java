package dev.triptych.async.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.traffic.Compression;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PackingTest {

  @Test
  void everyCodecGivesTheMessageBackAndTellsWhichItWas() throws Exception {
    ByteBuffer message = message(5000, 4);
    for (Compression compression : Compression.values()) {
      ByteBuffer frame = Packing.of(compression).pack(message);
      Packing packing = Packing.packingOf(frame);
      assertThat(packing.compression()).isEqualTo(compression);
      assertThat(packing.unpack(frame)).isEqualTo(message);
      if (compression != Compression.NONE) {
        assertThat(frame.remaining()).isLessThan(message.remaining());
      }
    }
  }

  @Test
  void whatWouldNotBecomeSmallerGoesWithoutAnEnvelope() {
    ByteBuffer small = message(100, 1);
    ByteBuffer random = message(5000, 256);
    ByteBuffer empty = message(4 << 20, 1); // more than the ratio that receivers believe
    for (ByteBuffer message : new ByteBuffer[] {small, random, empty}) {
      ByteBuffer frame = Packing.of(Compression.ZSTD).pack(message);
      assertThat(frame).isSameAs(message);
    }
  }

  @Test
  void damagedAndBoastfulEnvelopesAreRefused() {
    SplittableRandom dice = new SplittableRandom(3);
    for (Compression compression : Compression.values()) {
      if (compression == Compression.NONE) {
        continue;
      }
      ByteBuffer frame = Packing.of(compression).pack(message(5000, 4));
      for (int length = 2; length < frame.limit() - 25; length += 1 + length / 20) {
        ByteBuffer cut = frame.duplicate().limit(length);
        assertThatThrownBy(() -> Packing.packingOf(cut).unpack(cut))
            .as("%s cut to %d of %d", compression, length, frame.limit())
            .isInstanceOf(MalformedMessageException.class);
      }
      for (int claimed : new int[] {-1, 4999, 5001, Integer.MAX_VALUE}) {
        ByteBuffer lies = ByteBuffer.allocate(frame.limit()).put(frame.duplicate()).flip();
        lies.putInt(3, Integer.reverseBytes(claimed));
        assertThatThrownBy(() -> Packing.packingOf(lies).unpack(lies))
            .as("%s claims %d", compression, claimed)
            .isInstanceOf(MalformedMessageException.class);
      }
      for (int flip = 0; flip < 200; flip++) {
        ByteBuffer damaged = ByteBuffer.allocate(frame.limit()).put(frame.duplicate()).flip();
        damaged.put(7 + dice.nextInt(frame.limit() - 7), (byte) dice.nextInt());
        try {
          // Snappy has no checksum: a message of the right length may come out.
          assertThat(Packing.packingOf(damaged).unpack(damaged).remaining()).isEqualTo(5000);
        } catch (MalformedMessageException e) {
          assertThat(e).hasMessageContaining("envelope");
        }
      }
    }
  }

  private static ByteBuffer message(int length, int numValues) {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer bytes = ByteBuffer.allocate(length).put(Message.VERSION).put((byte) 18);
    while (bytes.hasRemaining()) {
      bytes.put((byte) random.nextInt(numValues));
    }
    return bytes.flip();
  }
}
