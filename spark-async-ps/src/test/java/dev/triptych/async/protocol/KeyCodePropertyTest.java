package dev.triptych.async.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.store.Selection;
import dev.triptych.async.store.Selection.Naming;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class KeyCodePropertyTest {

  @Property(tries = 400)
  void everySetOfKeysComesBackAndNoFormIsLongerThanPlainInts(
      @ForAll @IntRange(min = 0, max = 400) int count,
      @ForAll @IntRange(min = 0, max = 22) int logSpread,
      @ForAll @IntRange(min = 1, max = 50) int longestRun,
      @ForAll long seed)
      throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    TreeSet<Integer> drawn = new TreeSet<>();
    int next = random.nextInt(1 << logSpread);
    while (drawn.size() < count) {
      for (int run = random.nextInt(1, longestRun + 1); run > 0; run--) {
        drawn.add(next++);
      }
      next += random.nextInt(1 << logSpread);
    }
    int[] keys = drawn.stream().mapToInt(k -> k).toArray();
    Selection selection = Selection.of(keys);
    ByteBuffer bytes = written(selection);
    assertThat(bytes.limit()).isLessThanOrEqualTo(5 + 4 * Math.max(keys.length, 2));
    assertThat(read(bytes, null).positions()).containsExactly(keys);
    for (int length = 0; length < bytes.limit(); length++) {
      ByteBuffer cut = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).limit(length);
      assertThatThrownBy(() -> read(cut, null)).isInstanceOf(MalformedMessageException.class);
    }
  }

  @Example
  void eachShapeGetsItsForm() {
    assertThat(written(Selection.all()).get(0)).isEqualTo((byte) 1);
    int[] far = {400_000_000, 800_000_000, 1_200_000_000, 1_600_000_000};
    assertThat(written(Selection.of(far)).get(0)).isEqualTo((byte) 2);
    assertThat(written(Selection.range(7, 1_000_000)).limit()).isEqualTo(1 + 4 + 1 + 3);
    int[] everyHundredth = new int[100];
    int[] everySecond = new int[100];
    for (int k = 0; k < 100; k++) {
      everyHundredth[k] = 100 * k;
      everySecond[k] = 2 * k;
    }
    assertThat(written(Selection.of(everyHundredth)).get(0)).isEqualTo((byte) 4);
    assertThat(written(Selection.of(everySecond)).get(0)).isEqualTo((byte) 5);
  }

  @Example
  void aRunOfTwoBillionKeysCostsNothingUntilItFits() throws Exception {
    ByteBuffer bytes = written(Selection.range(3, Integer.MAX_VALUE - 3));
    assertThat(bytes.limit()).isLessThan(16);
    Selection selection = read(bytes, null);
    assertThat(selection.fits(Integer.MAX_VALUE - 1)).isFalse();
    assertThat(selection.fits(Integer.MAX_VALUE)).isTrue();
  }

  @Example
  void keysBeyondThirtyOneBitsAreRefused() {
    for (byte kind : new byte[] {3, 4}) {
      ByteBuffer bytes = ByteBuffer.allocate(17).order(ByteOrder.LITTLE_ENDIAN);
      bytes.put(kind).putInt(kind == 3 ? 1 : 2);
      for (int k = 0; k < 2; k++) {
        bytes.put(new byte[] {-1, -1, -1, -1, 7}); // 2^31 - 1
      }
      assertThatThrownBy(() -> read(bytes.flip(), null))
          .isInstanceOf(MalformedMessageException.class)
          .hasMessageContaining("beyond");
    }
  }

  @Example
  void aNamedSetIsKnownOnceItIsDefinedAndTheOldestAreForgotten() throws Exception {
    KeySets known = new KeySets();
    Selection selection = Selection.of(new int[] {1, 5, 9});
    ByteBuffer name = written(selection.named(Naming.REFER));
    assertThatThrownBy(() -> read(name, known)).isInstanceOf(UnknownKeysException.class);
    assertThat(read(written(selection.named(Naming.DEFINE)), known)).isEqualTo(selection);
    assertThat(read(name, known)).isEqualTo(selection);
    for (int k = 2; k < 1500; k++) {
      read(written(Selection.of(new int[] {0, k}).named(Naming.DEFINE)), known);
      if (k == 1000) {
        assertThat(read(name, known)).isEqualTo(selection);
      }
    }
    assertThat(read(name, known)).isEqualTo(selection); // used lately
    ByteBuffer second = written(Selection.of(new int[] {0, 2}).named(Naming.REFER));
    assertThatThrownBy(() -> read(second, known)).isInstanceOf(UnknownKeysException.class);
  }

  private static ByteBuffer written(Selection selection) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) KeyCode.lengthOf(selection)).order(ByteOrder.LITTLE_ENDIAN);
    KeyCode.write(selection, bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    return bytes.flip();
  }

  private static Selection read(ByteBuffer bytes, KeySets known) throws MalformedMessageException {
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    Selection selection = new WireReader(in, known).readSelection();
    assertThat(in.hasRemaining()).isFalse();
    return selection;
  }
}
