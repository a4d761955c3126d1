package dev.triptych.async.store;

import dev.triptych.core.state.DamagedStateException;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A vector in pages. A page that was never written takes no memory and reads as zeros. A {@link
 * #snapshot} shares all pages; whoever writes one first copies it. Vectors of up to {@value
 * #LONGEST_PAGE} are one page, longer ones have pages of {@value #PAGE_LENGTH}. Not thread-safe,
 * but a snapshot may be read by another thread that it was handed to.
 */
public final class PagedVector {
  /** Doubles in a page of a long vector. */
  public static final int PAGE_LENGTH = StateWriter.PAGE_LENGTH;

  /** Up to this length a vector is one page. */
  public static final int LONGEST_PAGE = 1 << 16;

  private static final int SHIFT = Integer.numberOfTrailingZeros(PAGE_LENGTH);

  private final int length;
  private final int shift;
  private final double[] @Nullable [] pages;
  private final boolean[] shared;
  private int numAllocated;
  private long numCopied;

  /** Zeros. */
  public PagedVector(int length) {
    this(length, new double[numPages(length)][], 0);
  }

  private PagedVector(int length, double[] @Nullable [] pages, int numAllocated) {
    this.length = length;
    this.shift = length <= LONGEST_PAGE ? Integer.SIZE - 1 : SHIFT;
    this.pages = pages;
    this.shared = new boolean[pages.length];
    this.numAllocated = numAllocated;
  }

  private static int numPages(int length) {
    return length <= LONGEST_PAGE ? 1 : (int) (((long) length + PAGE_LENGTH - 1) >>> SHIFT);
  }

  /** The counterpart of {@link #writeTo}. */
  public static PagedVector read(StateReader in, int length) throws IOException {
    if (in.readCount(length) != length) {
      throw new DamagedStateException("a vector of another length");
    }
    PagedVector vector = new PagedVector(length);
    double[] part = new double[Math.min(length, PAGE_LENGTH)];
    for (int from = 0; from < length; from += part.length) {
      int count = Math.min(PAGE_LENGTH, length - from);
      if (in.readPage(part, 0, count)) {
        double[] page = vector.own(vector.pageOf(from));
        System.arraycopy(part, 0, page, vector.offsetOf(from), count);
      }
      if (length - from <= PAGE_LENGTH) {
        break;
      }
    }
    return vector;
  }

  /**
   * As {@link StateWriter#putVector} of all values, but that pages count as written once they were
   * touched, so that what was read has memory for the same pages.
   */
  public void writeTo(StateWriter out) throws IOException {
    out.putInt(length);
    for (int page = 0; page < pages.length; page++) {
      double[] values = pages[page];
      int end = lengthOf(page);
      for (int from = 0; from < end; from += PAGE_LENGTH) {
        out.putBoolean(values != null);
        for (int k = from; values != null && k < Math.min(end, from + PAGE_LENGTH); k++) {
          out.putDouble(values[k]);
        }
      }
    }
  }

  public int length() {
    return length;
  }

  public int numPages() {
    return pages.length;
  }

  /** The page that a position lies in. */
  public int pageOf(int position) {
    return position >>> shift;
  }

  /** Where in its page a position lies. */
  public int offsetOf(int position) {
    return position - (pageOf(position) << shift);
  }

  /** First position of a page. */
  public int start(int page) {
    return page << shift;
  }

  /** Positions in a page. */
  public int lengthOf(int page) {
    return pages.length == 1 ? length : Math.min(PAGE_LENGTH, length - start(page));
  }

  /** The page to read, or null if it is all zeros and was never written. */
  public double @Nullable [] page(int page) {
    return pages[page];
  }

  /** The page to write: allocated if it was not, copied if a snapshot shares it. */
  public double[] own(int page) {
    double[] values = pages[page];
    if (values == null) {
      values = new double[lengthOf(page)];
      pages[page] = values;
      numAllocated++;
    } else if (shared[page]) {
      values = values.clone();
      pages[page] = values;
      shared[page] = false;
      numCopied++;
    }
    return values;
  }

  /** The value at a position. */
  public double get(int position) {
    double[] page = pages[pageOf(position)];
    return page == null ? 0 : page[offsetOf(position)];
  }

  /** Memory of the vector without its pages, which a snapshot does not share. */
  public long tableBytes() {
    return 256 + 9L * pages.length;
  }

  /** Memory of the pages that were written. */
  public long allocatedBytes() {
    return (long) numAllocated * lengthOf(0) * Double.BYTES;
  }

  /** Memory of all pages that were copied so far because a snapshot shared them. */
  public long copiedBytes() {
    return numCopied * lengthOf(0) * Double.BYTES;
  }

  /** Memory of the pages that {@code other} does not share. */
  public long bytesApartFrom(PagedVector other) {
    long apart = 0;
    for (int page = 0; page < pages.length; page++) {
      apart += pages[page] != null && pages[page] != other.pages[page] ? 1 : 0;
    }
    return apart * lengthOf(0) * Double.BYTES;
  }

  /** The vector as it is now, whatever becomes of this one; shares the pages until then. */
  public PagedVector snapshot() {
    Arrays.fill(shared, true);
    PagedVector snapshot = new PagedVector(length, pages.clone(), numAllocated);
    Arrays.fill(snapshot.shared, true);
    return snapshot;
  }

  /** Copies {@code count} values from {@code from} on. */
  public void copy(int from, int count, double[] into, int at) {
    int done = 0;
    while (done < count) {
      int page = pageOf(from + done);
      int offset = offsetOf(from + done);
      int part = Math.min(count - done, lengthOf(page) - offset);
      double[] values = pages[page];
      if (values == null) {
        Arrays.fill(into, at + done, at + done + part, 0);
      } else {
        System.arraycopy(values, offset, into, at + done, part);
      }
      done += part;
    }
  }

  /** All values; a copy. */
  public double[] toArray() {
    double[] values = new double[length];
    copy(0, length, values, 0);
    return values;
  }

  /** Consecutive values: a view if one page has them, else a copy. */
  DoubleBuffer range(int from, int count) {
    int page = pageOf(from);
    double[] values = count == 0 ? null : pages[page];
    if (values != null && offsetOf(from) + count <= values.length) {
      return DoubleBuffer.wrap(values, offsetOf(from), count);
    }
    double[] copied = new double[count];
    copy(from, count, copied, 0);
    return DoubleBuffer.wrap(copied);
  }

  /** Values at ascending positions. */
  double[] gather(int[] positions) {
    double[] gathered = new double[positions.length];
    int k = 0;
    while (k < positions.length) {
      int page = pageOf(positions[k]);
      int end = endInPage(positions, k, positions.length);
      double[] values = pages[page];
      if (values != null) {
        int base = start(page);
        for (int i = k; i < end; i++) {
          gathered[i] = values[positions[i] - base];
        }
      }
      k = end;
    }
    return gathered;
  }

  /** The end of the keys {@code from..to} that lie in the page of the first one. */
  int endInPage(int[] positions, int from, int to) {
    int last = to - 1;
    int page = pageOf(positions[from]);
    if (pageOf(positions[last]) == page) {
      return to;
    }
    // in steps that double, then by halves: few looks for few keys and for many
    int low = from;
    int step = 1;
    while (low + step < last && pageOf(positions[low + step]) == page) {
      low += step;
      step *= 2;
    }
    int high = Math.min(low + step, last);
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (pageOf(positions[middle]) == page) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
