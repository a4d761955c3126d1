package dev.triptych.core.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the workers of a run did when, in seconds on the training clock. Immutable.
 *
 * @param workers in the order of their indices
 * @param sampled whether some spans are left out; totals are exact all the same
 * @param windows stretches of time of which all workers have all spans; one when nothing is left
 *     out
 */
public record Timeline(List<Worker> workers, boolean sampled, List<Window> windows) {
  public Timeline {
    workers = List.copyOf(workers);
    windows = List.copyOf(windows);
  }

  /**
   * One worker.
   *
   * @param spans ascending, without overlap
   */
  public record Worker(
      int worker, List<Span> spans, double computing, double communicating, double waiting) {
    public Worker {
      spans = List.copyOf(spans);
    }
  }

  /** Seconds of one activity. */
  public record Span(double start, double end, Activity activity) {}

  /** From and to, in seconds. */
  public record Window(double start, double end) {}

  /** Of recorders that have ended, one for each worker, in order. */
  public static Timeline of(List<SpanRecorder> recorders) {
    return of(recorders, Long.MAX_VALUE);
  }

  /**
   * The same where a worker cannot see whether a message is late because others are, or because it
   * takes long: of each exchange, recorded as communicating, the end that is as long as the run's
   * shortest one keeps that name, and what comes before is waiting. Recorders keep {@link
   * SpanRecorder#MAX_SPLIT_SPANS} spans.
   */
  public static Timeline splitting(List<SpanRecorder> recorders) {
    long shortest = Long.MAX_VALUE;
    for (SpanRecorder recorder : recorders) {
      shortest = Math.min(shortest, recorder.shortest(Activity.COMMUNICATING));
    }
    return of(recorders, shortest);
  }

  private static Timeline of(List<SpanRecorder> recorders, long longestExchange) {
    List<SpanRecorder> sampled = recorders.stream().filter(SpanRecorder::isSampled).toList();
    long end = recorders.stream().mapToLong(SpanRecorder::endNanos).max().orElse(0);
    TreeMap<Long, Long> windows = sampled.isEmpty() ? new TreeMap<>() : windows(sampled, end);
    List<Worker> workers = new ArrayList<>();
    for (int worker = 0; worker < recorders.size(); worker++) {
      workers.add(worker(worker, recorders.get(worker), windows, longestExchange));
    }
    List<Window> shown = new ArrayList<>();
    windows.forEach((from, to) -> shown.add(new Window(from / 1e9, to / 1e9)));
    return new Timeline(
        workers, !sampled.isEmpty(), sampled.isEmpty() ? List.of(new Window(0, end / 1e9)) : shown);
  }

  /** What all of the recorders have, by its beginning, without overlap. */
  private static TreeMap<Long, Long> windows(List<SpanRecorder> recorders, long end) {
    TreeMap<Long, Long> all = new TreeMap<>();
    add(all, 0, recorders.stream().mapToLong(SpanRecorder::headEnd).min().orElse(0));
    for (long from : recorders.get(0).middle().keySet()) {
      long to = Long.MAX_VALUE;
      for (SpanRecorder recorder : recorders) {
        to = Math.min(to, recorder.middle().getOrDefault(from, 0L));
      }
      add(all, from, to);
    }
    add(all, recorders.stream().mapToLong(SpanRecorder::tailStart).max().orElse(end), end);
    return all;
  }

  private static void add(TreeMap<Long, Long> windows, long from, long to) {
    if (to <= from) {
      return;
    }
    long start = from;
    long end = to;
    // The end of a run with few spans may begin before the windows in its middle.
    Map.Entry<Long, Long> other = windows.floorEntry(end);
    while (other != null && other.getValue() >= start) {
      start = Math.min(start, other.getKey());
      end = Math.max(end, other.getValue());
      windows.remove(other.getKey());
      other = windows.floorEntry(end);
    }
    windows.put(start, end);
  }

  private static Worker worker(
      int index, SpanRecorder recorder, TreeMap<Long, Long> windows, long longestExchange) {
    List<Span> spans = new ArrayList<>();
    for (SpanRecorder.Kept span : recorder.kept()) {
      if (windows.isEmpty() || meets(windows, span)) {
        addTo(spans, span, longestExchange);
      }
    }
    long exchanges = recorder.count(Activity.COMMUNICATING);
    long recorded = recorder.total(Activity.COMMUNICATING);
    long communicating = longestExchange == Long.MAX_VALUE ? recorded : exchanges * longestExchange;
    return new Worker(
        index,
        spans,
        recorder.total(Activity.COMPUTING) / 1e9,
        communicating / 1e9,
        (recorder.total(Activity.WAITING) + recorded - communicating) / 1e9);
  }

  private static boolean meets(TreeMap<Long, Long> windows, SpanRecorder.Kept span) {
    Map.Entry<Long, Long> window = windows.lowerEntry(span.end());
    return window != null && window.getValue() > span.start();
  }

  private static void addTo(List<Span> spans, SpanRecorder.Kept span, long longestExchange) {
    Activity activity = Activity.values()[span.kind()];
    long start = span.start();
    if (activity == Activity.COMMUNICATING && span.end() - start > longestExchange) {
      start = span.end() - longestExchange;
      add(spans, span.start(), start, Activity.WAITING);
    }
    add(spans, start, span.end(), activity);
  }

  private static void add(List<Span> spans, long start, long end, Activity activity) {
    int last = spans.size() - 1;
    if (last >= 0
        && spans.get(last).activity() == activity
        && spans.get(last).end() == start / 1e9) {
      spans.set(last, new Span(spans.get(last).start(), end / 1e9, activity));
    } else {
      spans.add(new Span(start / 1e9, end / 1e9, activity));
    }
  }
}
