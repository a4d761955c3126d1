package dev.triptych.async.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.triptych.async.shard.PullRequest;
import dev.triptych.async.store.Selection;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Hostile bytes: the decoder either returns a message, which then encodes again, or refuses with
 * {@link MalformedMessageException}; it throws nothing else and allocates little more than the
 * bytes it was given.
 */
class DecoderFuzzPropertyTest {
  /** Of objects around the content, of messages and of classes that are loaded. */
  private static final long SLACK_BYTES = 16 << 20;

  private static final int CONTENT_FACTOR = 40;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Property(tries = 2000)
  void randomBytesAreRefusedOrDecoded(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    if (bytes.length > 2 && random.nextInt(4) > 0) {
      bytes[0] = Message.VERSION;
      MessageType[] types = MessageType.values();
      bytes[1] = types[random.nextInt(types.length)].code();
    }
    assertHarmless(ByteBuffer.wrap(bytes), seed);
  }

  @Property(tries = 2000)
  void damagedMessagesAreRefusedOrDecoded(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Message> samples = new ArrayList<>(Samples.requests());
    samples.addAll(Samples.answers());
    ByteBuffer bytes = copy(Message.encode(samples.get(random.nextInt(samples.size()))));
    for (int damages = random.nextInt(1, 5); damages > 0; damages--) {
      damage(bytes, random);
    }
    assertHarmless(bytes, seed);
  }

  /** Every four bytes of every message taken for a count, and set to what hostile counts are. */
  @Property(tries = 1)
  void noCountMakesTheDecoderAllocateMoreThanThereIs() {
    List<Message> samples = new ArrayList<>(Samples.requests());
    samples.addAll(Samples.answers());
    int[] counts = {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1 << 28, 1 << 29, 0x0fff_ffff};
    for (Message sample : samples) {
      ByteBuffer bytes = copy(Message.encode(sample));
      for (int position = 2; position + 4 <= bytes.limit(); position++) {
        int before = bytes.getInt(position);
        for (int count : counts) {
          bytes.putInt(position, count);
          assertHarmless(bytes, position);
        }
        bytes.putInt(position, before);
      }
    }
  }

  /** Runs of keys cost few bytes however long they are, and are not listed before they fit. */
  @Property(tries = 1)
  void aFewBytesThatNameTwoBillionKeysStayFewBytes() {
    int middle = 1 << 30;
    Selection keys =
        Selection.runs(new int[] {0, middle + 1}, new int[] {middle, Integer.MAX_VALUE});
    Message pull = new Request.Pull(new ShardId(1, 2), new PullRequest(0, 1, 0, keys));
    ByteBuffer bytes = Message.encode(pull);
    assertThat(bytes.remaining()).isLessThan(100);
    assertHarmless(bytes, 0);
  }

  private static void damage(ByteBuffer bytes, SplittableRandom random) {
    if (bytes.limit() == 0) {
      return;
    }
    int position = random.nextInt(bytes.limit());
    switch (random.nextInt(4)) {
      case 0 -> bytes.put(position, (byte) random.nextInt());
      case 1 -> bytes.put(position, (byte) (bytes.get(position) ^ (1 << random.nextInt(8))));
      case 2 -> bytes.limit(position);
      default -> {
        if (position + 4 <= bytes.limit()) {
          bytes.putInt(position, random.nextInt() >>> random.nextInt(32));
        }
      }
    }
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining())
        .put(bytes.duplicate())
        .flip()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void assertHarmless(ByteBuffer bytes, long seed) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    Message message = null;
    try {
      message = Message.decode(bytes.duplicate());
    } catch (MalformedMessageException refused) {
      assertThat(refused).as("seed %d", seed).message().isNotBlank();
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated)
        .as("bytes allocated for %d bytes, seed %d", bytes.limit(), seed)
        .isLessThan(SLACK_BYTES + (long) CONTENT_FACTOR * bytes.limit());
    if (message != null) {
      assertThat(Message.encode(message).remaining()).as("seed %d", seed).isPositive();
    }
  }
}
