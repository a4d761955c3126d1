package dev.triptych.async.store;

import dev.triptych.async.traffic.ValueFormat;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which weights of a slice are asked for: all, or some ascending positions; and how they and their
 * values travel. Consecutive positions are kept as runs and cost nothing to list. Immutable once
 * built; arrays are not copied.
 */
public final class Selection {
  /** How the positions travel. */
  public enum Naming {
    /** As they are. */
    NONE,
    /** With their hash, to be remembered. */
    DEFINE,
    /** By their hash alone. */
    REFER
  }

  private static final Selection ALL =
      new Selection(null, null, null, -1, true, ValueFormat.FLOAT64, Naming.NONE);

  // One of the two: positions, or runs [starts[r], ends[r]). Neither: all.
  private final int @Nullable [] starts;
  private final int @Nullable [] ends;
  private int @Nullable [] positions;
  private final int count;
  private final boolean ascending;
  private final ValueFormat format;
  private final Naming naming;
  // Computed when asked for the first time; the same for whoever asks.
  private @Nullable KeyShape shape;
  private long hash;

  private Selection(
      int @Nullable [] positions,
      int @Nullable [] starts,
      int @Nullable [] ends,
      int count,
      boolean ascending,
      ValueFormat format,
      Naming naming) {
    this.positions = positions;
    this.starts = starts;
    this.ends = ends;
    this.count = count;
    this.ascending = ascending;
    this.format = format;
    this.naming = naming;
  }

  /** The whole slice. */
  public static Selection all() {
    return ALL;
  }

  /** Some positions in the slice, ascending. */
  public static Selection of(int[] positions) {
    int last = positions.length - 1;
    boolean ascending = ascend(positions);
    if (ascending && last >= 0 && positions[last] - positions[0] == last) {
      return range(positions[0], positions.length);
    }
    return new Selection(
        positions, null, null, positions.length, ascending, ValueFormat.FLOAT64, Naming.NONE);
  }

  /** The positions {@code first..first+count}, exclusive. */
  public static Selection range(int first, int count) {
    return runs(new int[] {first}, new int[] {first + count});
  }

  /**
   * The positions of all runs {@code starts[r]..ends[r]}, exclusive; runs ascend and are not empty.
   */
  public static Selection runs(int[] starts, int[] ends) {
    long count = 0;
    boolean ascending = true;
    int previous = 0;
    for (int run = 0; run < starts.length; run++) {
      ascending &= starts[run] >= previous && ends[run] > starts[run];
      count += (long) ends[run] - starts[run];
      previous = ends[run];
    }
    boolean valid = ascending && count <= Integer.MAX_VALUE;
    return new Selection(
        null, starts, ends, valid ? (int) count : 0, valid, ValueFormat.FLOAT64, Naming.NONE);
  }

  /** The same positions, their values in another format. */
  public Selection in(ValueFormat other) {
    return other == format ? this : with(other, naming);
  }

  /** The same positions, sent in another way. */
  public Selection named(Naming other) {
    return other == naming ? this : with(format, other);
  }

  private Selection with(ValueFormat newFormat, Naming newNaming) {
    Selection copy = new Selection(positions, starts, ends, count, ascending, newFormat, newNaming);
    copy.shape = shape;
    copy.hash = hash;
    return copy;
  }

  /** Whether it is the whole slice. */
  public boolean isAll() {
    return count < 0;
  }

  /** How many weights of a slice of {@code length}. */
  public int count(int length) {
    return count < 0 ? length : count;
  }

  /** Format of the values. */
  public ValueFormat format() {
    return format;
  }

  /** How the positions travel. */
  public Naming naming() {
    return naming;
  }

  /** First positions of the runs, or null if the selection is not kept as runs. */
  public int @Nullable [] starts() {
    return starts;
  }

  /** Ends of the runs, exclusive, or null if the selection is not kept as runs. */
  public int @Nullable [] ends() {
    return ends;
  }

  /** The positions, or null for the whole slice. Listed when asked for; call only if it fits. */
  public int @Nullable [] positions() {
    int[] known = positions;
    if (known != null || starts == null || ends == null) {
      return known;
    }
    int[] listed = new int[count];
    int k = 0;
    for (int run = 0; run < starts.length; run++) {
      for (int position = starts[run]; position < ends[run]; position++) {
        listed[k++] = position;
      }
    }
    positions = listed;
    return listed;
  }

  /** The shape of ascending positions that are not one run. */
  public KeyShape shape() {
    KeyShape known = shape;
    if (known == null) {
      int[] listed = positions();
      if (listed == null) {
        throw new IllegalStateException("the whole slice has no shape");
      }
      known = KeyShape.of(listed);
      shape = known;
    }
    return known;
  }

  /** 64 bits that name the positions; never 0. */
  public long hash() {
    if (hash == 0) {
      int[] listed = positions();
      hash = listed == null ? 1 : hash(listed);
    }
    return hash;
  }

  /** Multiply, xor, shift, as in MurmurHash3's 64-bit finalizer, over pairs of positions. */
  private static long hash(int[] positions) {
    long mixed = positions.length * 0x9E37_79B9_7F4A_7C15L;
    for (int position : positions) {
      mixed = (mixed ^ position) * 0xFF51_AFD7_ED55_8CCDL;
      mixed ^= mixed >>> 32;
    }
    mixed *= 0xC4CE_B9FE_1A85_EC53L;
    mixed ^= mixed >>> 33;
    return mixed == 0 ? 1 : mixed;
  }

  /** Whether all positions ascend and lie in a slice of {@code length}. */
  public boolean fits(int length) {
    if (count < 0) {
      return true;
    }
    if (!ascending) {
      return false;
    }
    if (ends != null) {
      return ends.length == 0 || ends[ends.length - 1] <= length;
    }
    return positions == null || positions.length == 0 || positions[count - 1] < length;
  }

  /** The selected weights: a view of the slice if one page has them all, else a copy. */
  public DoubleBuffer view(PagedVector weights) {
    if (count < 0) {
      return weights.range(0, weights.length());
    }
    if (starts != null && ends != null) {
      if (starts.length == 1) {
        return weights.range(starts[0], count);
      }
      double[] selected = new double[count];
      int at = 0;
      for (int run = 0; run < starts.length; run++) {
        weights.copy(starts[run], ends[run] - starts[run], selected, at);
        at += ends[run] - starts[run];
      }
      return DoubleBuffer.wrap(selected);
    }
    return DoubleBuffer.wrap(weights.gather(positions == null ? new int[0] : positions));
  }

  private static boolean ascend(int[] positions) {
    int previous = -1;
    for (int position : positions) {
      if (position <= previous) {
        return false;
      }
      previous = position;
    }
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Selection that
        && count == that.count
        && format == that.format
        && Arrays.equals(positions(), that.positions());
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash());
  }

  @Override
  public String toString() {
    return count < 0 ? "all" : count + " positions";
  }
}
