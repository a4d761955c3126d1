package dev.triptych.core.timeline;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one worker did when: one activity follows the other without gap or overlap. Totals are
 * exact; of the spans as many as there is room for are kept, else those of four windows: the
 * beginning, what followed on the last two powers of two milliseconds, and the end. So workers that
 * share a clock keep the same stretches of time, however long they run and however many spans they
 * have. Knows no clock: times are nanoseconds that come in, and one that lies before an earlier one
 * is taken as that. A plain class (Spark's Kryo serializer cannot read records) that travels; used
 * by one thread.
 */
public final class SpanRecorder implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Spans that are kept of a worker, at most. */
  public static final int MAX_SPANS = 200;

  /** The same where {@link Timeline#splitting} makes two of one. */
  public static final int MAX_SPLIT_SPANS = MAX_SPANS / 2;

  private static final long FIRST_WINDOW_NANOS = 1_000_000;

  private final int maxSpans;
  private final long[] totals = new long[Activity.COUNT];
  private final long[] counts = new long[Activity.COUNT];
  private final long[] shortest = new long[Activity.COUNT];
  private final SpanBuffer head;
  private final SpanBuffer tail;
  private SpanBuffer earlier;
  private SpanBuffer later;
  private long nextWindow = FIRST_WINDOW_NANOS;
  private int kind = Activity.WAITING.ordinal();
  private long since;
  private long numSpans;
  private long lastNumber = -1;

  /** Waits from time 0 on. */
  public SpanRecorder() {
    this(MAX_SPANS);
  }

  /**
   * Waits from time 0 on.
   *
   * @param maxSpans to be kept, at least 4
   */
  public SpanRecorder(int maxSpans) {
    this.maxSpans = maxSpans;
    this.head = new SpanBuffer(maxSpans);
    this.tail = new SpanBuffer(maxSpans / 4);
    this.earlier = new SpanBuffer(maxSpans / 4);
    this.later = new SpanBuffer(maxSpans / 4);
    Arrays.fill(shortest, Long.MAX_VALUE);
  }

  /** Something else begins now; nothing happens if it is what goes on already. */
  public void to(Activity next, long now) {
    if (next.ordinal() != kind) {
      close(now);
      kind = next.ordinal();
    }
  }

  /** Ends what goes on; from {@code now} on it waits, if anything follows. */
  public void end(long now) {
    close(now);
    kind = Activity.WAITING.ordinal();
  }

  private void close(long now) {
    if (now > since) {
      long length = now - since;
      totals[kind] += length;
      counts[kind]++;
      shortest[kind] = Math.min(shortest[kind], length);
      keep(numSpans, kind, since, now);
      numSpans++;
      since = now;
    }
  }

  private void keep(long number, int activity, long start, long end) {
    if (number != lastNumber + 1) {
      head.close();
      later.close();
      tail.begin(start);
    }
    lastNumber = number;
    head.offer(number, activity, start, end);
    tail.push(number, activity, start, end);
    if (end > nextWindow) {
      while (end > nextWindow) {
        nextWindow *= 2;
      }
      SpanBuffer next = earlier;
      earlier = later;
      later = next;
      later.begin(nextWindow / 2);
    }
    later.offer(number, activity, start, end);
  }

  /**
   * Adds what another recorder has seen, which waited from its time 0 on and has ended.
   *
   * @param offset of its clock: its time 0 on this one's
   */
  public void append(SpanRecorder other, long offset) {
    end(offset);
    long begin = since;
    long numbered = numSpans;
    for (Kept span : other.kept()) {
      keep(numbered + span.number(), span.kind(), begin + span.start(), begin + span.end());
    }
    for (int activity = 0; activity < Activity.COUNT; activity++) {
      totals[activity] += other.totals[activity];
      counts[activity] += other.counts[activity];
      shortest[activity] = Math.min(shortest[activity], other.shortest[activity]);
    }
    numSpans += other.numSpans;
    since = begin + other.since;
  }

  /** Nanoseconds of an activity, all spans included. */
  public long total(Activity activity) {
    return totals[activity.ordinal()];
  }

  /** How many spans of an activity there were. */
  public long count(Activity activity) {
    return counts[activity.ordinal()];
  }

  /** Nanoseconds of the shortest span of an activity; {@link Long#MAX_VALUE} if there was none. */
  public long shortest(Activity activity) {
    return shortest[activity.ordinal()];
  }

  /** Whether there were more spans than are kept. */
  boolean isSampled() {
    return numSpans > maxSpans;
  }

  /** One span. */
  record Kept(long number, int kind, long start, long end) {}

  /** The spans that are kept, ascending. */
  List<Kept> kept() {
    TreeMap<Long, Kept> spans = new TreeMap<>();
    addTo(spans, head, isSampled() ? Math.min(head.size(), maxSpans / 4) : head.size());
    addTo(spans, earlier, earlier.size());
    addTo(spans, later, later.size());
    addTo(spans, tail, tail.size());
    return List.copyOf(spans.values());
  }

  private static void addTo(TreeMap<Long, Kept> spans, SpanBuffer buffer, int count) {
    for (int k = 0; k < count; k++) {
      spans.put(
          buffer.number(k),
          new Kept(buffer.number(k), buffer.kind(k), buffer.start(k), buffer.end(k)));
    }
  }

  /** Until when the spans of the beginning are there. */
  long headEnd() {
    int size = Math.min(head.size(), maxSpans / 4);
    return size == 0 ? 0 : head.end(size - 1);
  }

  /** From when on the spans of the end are there. */
  long tailStart() {
    return tail.size() == 0 ? since : tail.start(0);
  }

  /** Where windows in the middle begin, and until when their spans are there. */
  Map<Long, Long> middle() {
    Map<Long, Long> windows = new TreeMap<>();
    for (SpanBuffer buffer : List.of(earlier, later)) {
      if (buffer.size() > 0) {
        windows.put(buffer.since(), buffer.end(buffer.size() - 1));
      }
    }
    return windows;
  }

  /** When it ended. */
  long endNanos() {
    return since;
  }
}
