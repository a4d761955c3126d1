package dev.triptych.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.timeline.Activity;
import dev.triptych.core.timeline.Timeline;
import org.junit.jupiter.api.Test;

class StepTimelineTest {
  /** Worker 1 begins 10 s after worker 0 and computes for 40 s instead of 5. */
  @Test
  void whatLiesBetweenAWorkersOwnGradientAndTheLastOnesIsWaiting() {
    long second = 1_000_000_000;
    StepTimeline timeline = new StepTimeline(2);
    timeline.resume(1_000 * second);
    WorkerTimes times = new WorkerTimes(2);
    set(times, 0, 1_002 * second, 1_003 * second, 1_003 * second, 1_008 * second);
    set(times, 1, 1_012 * second, 1_013 * second, 1_013 * second, 1_053 * second);
    timeline.add(times, 1_001 * second, 1_054 * second);
    timeline.pause(1_055 * second);
    Timeline result = timeline.timeline();
    assertThat(result.workers().get(0).spans())
        .containsExactly(
            new Timeline.Span(0, 1, Activity.WAITING),
            new Timeline.Span(1, 3, Activity.COMMUNICATING),
            new Timeline.Span(3, 8, Activity.COMPUTING),
            new Timeline.Span(8, 53, Activity.WAITING),
            new Timeline.Span(53, 55, Activity.COMMUNICATING));
    assertThat(result.workers().get(1).spans())
        .containsExactly(
            new Timeline.Span(0, 1, Activity.WAITING),
            new Timeline.Span(1, 2, Activity.COMMUNICATING),
            new Timeline.Span(2, 12, Activity.WAITING),
            new Timeline.Span(12, 13, Activity.COMMUNICATING),
            new Timeline.Span(13, 53, Activity.COMPUTING),
            new Timeline.Span(53, 55, Activity.COMMUNICATING));
  }

  @Test
  void whileTheClockStandsStillNobodyDoesAnything() {
    StepTimeline timeline = new StepTimeline(1);
    timeline.resume(100);
    timeline.pause(300);
    timeline.resume(5_000);
    WorkerTimes times = new WorkerTimes(1);
    set(times, 0, 5_000, 5_000, 5_000, 5_100);
    timeline.add(times, 5_000, 5_100);
    timeline.pause(5_100);
    assertThat(timeline.nanos()).isEqualTo(300);
    assertThat(timeline.timeline().workers().get(0).computing()).isEqualTo(100e-9);
  }

  private static void set(
      WorkerTimes times, int worker, long arrived, long ready, long from, long to) {
    times.arrived[worker] = arrived;
    times.ready[worker] = ready;
    times.from[worker] = from;
    times.to[worker] = to;
  }
}
