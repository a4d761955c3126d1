package dev.triptych.core.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is kept of workers that do this and that for random times is checked against all of it. */
class TimelinePropertyTest {
  private static final Activity[] ACTIVITIES = Activity.values();

  /** Workers that share a clock; some have many more spans in the same time than others. */
  private static final class Workers {
    private final List<SpanRecorder> recorders = new ArrayList<>();
    private final List<List<Timeline.Span>> all = new ArrayList<>();
    private long end;

    Workers(long seed, int numWorkers, int maxSteps, int maxSpans) {
      Random random = new Random(seed);
      long atLeast = 0;
      for (int worker = 0; worker < numWorkers; worker++) {
        SpanRecorder recorder = new SpanRecorder(maxSpans);
        List<Timeline.Span> spans = new ArrayList<>();
        int steps = 1 + random.nextInt(maxSteps);
        long slowness = 1 + random.nextInt(2_000_000);
        Activity now = Activity.WAITING;
        long since = 0;
        for (int step = 0; step < steps; step++) {
          long at = since + random.nextInt(4) * slowness;
          Activity next = ACTIVITIES[random.nextInt(ACTIVITIES.length)];
          recorder.to(next, at);
          if (next != now) {
            if (at > since) {
              spans.add(new Timeline.Span(since / 1e9, at / 1e9, now));
              since = at;
            }
            now = next;
          }
        }
        long last = since + slowness;
        recorder.end(last);
        spans.add(new Timeline.Span(since / 1e9, last / 1e9, now));
        recorders.add(recorder);
        all.add(spans);
        atLeast = Math.max(atLeast, last);
      }
      end = atLeast;
      for (int worker = 0; worker < numWorkers; worker++) {
        long own = Math.round(last(all.get(worker)).end() * 1e9);
        recorders.get(worker).end(end);
        if (own < end) {
          all.get(worker).add(new Timeline.Span(own / 1e9, end / 1e9, Activity.WAITING));
        }
      }
    }

    private static Timeline.Span last(List<Timeline.Span> spans) {
      return spans.get(spans.size() - 1);
    }
  }

  @Property(tries = 300)
  void totalsAddUpToTheRunAndAreThoseOfAllSpans(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int numWorkers) {
    Workers workers = new Workers(seed, numWorkers, 2_000, SpanRecorder.MAX_SPANS);
    Timeline timeline = Timeline.of(workers.recorders);
    for (Timeline.Worker worker : timeline.workers()) {
      double seconds = workers.end / 1e9;
      assertThat(worker.computing() + worker.communicating() + worker.waiting())
          .isCloseTo(seconds, within(1e-9 * (1 + seconds)));
      for (Activity activity : ACTIVITIES) {
        assertThat(total(worker, activity))
            .isCloseTo(
                sum(workers.all.get(worker.worker()), activity), within(1e-8 * (1 + seconds)));
      }
    }
  }

  @Property(tries = 300)
  void keptSpansAreBoundedInOrderAndWithinWhatHappened(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int numWorkers) {
    Workers workers = new Workers(seed, numWorkers, 2_000, SpanRecorder.MAX_SPANS);
    Timeline timeline = Timeline.of(workers.recorders);
    for (Timeline.Worker worker : timeline.workers()) {
      assertThat(worker.spans()).hasSizeLessThanOrEqualTo(SpanRecorder.MAX_SPANS);
      List<Timeline.Span> happened = merged(workers.all.get(worker.worker()));
      double before = 0;
      for (Timeline.Span span : worker.spans()) {
        assertThat(span.start()).isGreaterThanOrEqualTo(before);
        assertThat(span.end()).isGreaterThan(span.start());
        before = span.end();
        assertThat(happened)
            .as("%s did happen", span)
            .anyMatch(
                real ->
                    real.activity() == span.activity()
                        && real.start() <= span.start()
                        && real.end() >= span.end());
      }
      for (Activity activity : ACTIVITIES) {
        assertThat(sum(worker.spans(), activity))
            .isLessThanOrEqualTo(total(worker, activity) + 1e-8);
      }
    }
  }

  @Example
  void anEndThatBeginsBeforeAWindowOfTheMiddleIsOneWindowWithIt() {
    inAWindowEverythingOfEveryWorkerIsThere(-5892518, 2);
  }

  @Property(tries = 300)
  void inAWindowEverythingOfEveryWorkerIsThere(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int numWorkers) {
    Workers workers = new Workers(seed, numWorkers, 2_000, SpanRecorder.MAX_SPANS);
    Timeline timeline = Timeline.of(workers.recorders);
    assertThat(timeline.windows()).isNotEmpty();
    for (Timeline.Window window : timeline.windows()) {
      for (Timeline.Worker worker : timeline.workers()) {
        double covered = 0;
        for (Timeline.Span span : worker.spans()) {
          covered +=
              Math.max(
                  0, Math.min(span.end(), window.end()) - Math.max(span.start(), window.start()));
        }
        assertThat(covered).isCloseTo(window.end() - window.start(), within(1e-7));
      }
    }
  }

  @Property(tries = 100)
  void fewSpansAreAllKept(@ForAll long seed) {
    Workers workers = new Workers(seed, 3, 150, SpanRecorder.MAX_SPANS);
    Timeline timeline = Timeline.of(workers.recorders);
    assertThat(timeline.sampled()).isFalse();
    for (Timeline.Worker worker : timeline.workers()) {
      for (Activity activity : ACTIVITIES) {
        assertThat(sum(worker.spans(), activity)).isCloseTo(total(worker, activity), within(1e-8));
      }
    }
  }

  @Property(tries = 200)
  void splitExchangesKeepTheTimeAndShareTheShortest(@ForAll long seed) {
    Workers workers = new Workers(seed, 3, 90, SpanRecorder.MAX_SPLIT_SPANS);
    Timeline whole = Timeline.of(workers.recorders);
    Timeline split = Timeline.splitting(workers.recorders);
    double shortest = Double.POSITIVE_INFINITY;
    for (List<Timeline.Span> spans : workers.all) {
      for (Timeline.Span span : spans) {
        if (span.activity() == Activity.COMMUNICATING) {
          shortest = Math.min(shortest, span.end() - span.start());
        }
      }
    }
    for (int k = 0; k < 3; k++) {
      Timeline.Worker before = whole.workers().get(k);
      Timeline.Worker after = split.workers().get(k);
      assertThat(after.computing()).isEqualTo(before.computing());
      assertThat(after.communicating() + after.waiting())
          .isCloseTo(before.communicating() + before.waiting(), within(1e-8));
      for (Activity activity : ACTIVITIES) {
        assertThat(sum(after.spans(), activity)).isCloseTo(total(after, activity), within(1e-7));
      }
      long exchanges =
          workers.all.get(k).stream()
              .filter(span -> span.activity() == Activity.COMMUNICATING)
              .count();
      if (exchanges > 0) {
        assertThat(after.communicating()).isCloseTo(exchanges * shortest, within(1e-7));
      }
    }
  }

  @Property(tries = 100)
  void segmentsFollowOneAnother(@ForAll long seed) {
    Workers first = new Workers(seed, 2, 1_000, SpanRecorder.MAX_SPANS);
    Workers second = new Workers(seed + 1, 2, 1_000, SpanRecorder.MAX_SPANS);
    List<SpanRecorder> run = List.of(new SpanRecorder(), new SpanRecorder());
    for (int k = 0; k < 2; k++) {
      run.get(k).append(first.recorders.get(k), 0);
      run.get(k).append(second.recorders.get(k), first.end);
    }
    Timeline timeline = Timeline.of(run);
    Set<Integer> seen = new HashSet<>();
    for (Timeline.Worker worker : timeline.workers()) {
      seen.add(worker.worker());
      assertThat(worker.spans()).hasSizeLessThanOrEqualTo(SpanRecorder.MAX_SPANS);
      for (Activity activity : ACTIVITIES) {
        assertThat(total(worker, activity))
            .isCloseTo(
                sum(first.all.get(worker.worker()), activity)
                    + sum(second.all.get(worker.worker()), activity),
                within(1e-7));
      }
      double before = 0;
      for (Timeline.Span span : worker.spans()) {
        assertThat(span.start()).isGreaterThanOrEqualTo(before);
        before = span.end();
      }
      assertThat(before).isCloseTo((first.end + second.end) / 1e9, within(1e-9 * before));
    }
    assertThat(seen).containsExactlyInAnyOrder(0, 1);
  }

  private static List<Timeline.Span> merged(List<Timeline.Span> spans) {
    List<Timeline.Span> all = new ArrayList<>();
    for (Timeline.Span span : spans) {
      int last = all.size() - 1;
      if (last >= 0 && all.get(last).activity() == span.activity()) {
        all.set(last, new Timeline.Span(all.get(last).start(), span.end(), span.activity()));
      } else {
        all.add(span);
      }
    }
    return all;
  }

  private static double total(Timeline.Worker worker, Activity activity) {
    return switch (activity) {
      case COMPUTING -> worker.computing();
      case COMMUNICATING -> worker.communicating();
      case WAITING -> worker.waiting();
    };
  }

  private static double sum(List<Timeline.Span> spans, Activity activity) {
    double sum = 0;
    for (Timeline.Span span : spans) {
      if (span.activity() == activity) {
        sum += span.end() - span.start();
      }
    }
    return sum;
  }
}
