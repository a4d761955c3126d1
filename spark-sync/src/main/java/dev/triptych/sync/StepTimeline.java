package dev.triptych.sync;

import dev.triptych.core.timeline.Activity;
import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.timeline.Timeline;
import java.util.ArrayList;
import java.util.List;

/**
 * The training clock of a run whose steps are Spark jobs, and what its workers did on it. From the
 * last worker's gradient to the first task of the next step all communicate: results and the next
 * weights are under way, the driver adds up and updates. A worker waits from the first task's begin
 * until its own task has begun and its turn has come there, and from its own gradient until the
 * last worker's. Time comes in as nanoseconds on a clock that driver and tasks share. Not
 * thread-safe.
 */
final class StepTimeline {
  private final List<SpanRecorder> recorders = new ArrayList<>();
  // Of the training clock's 0; while it stands still, of nothing.
  private long zero;
  private long clock;

  StepTimeline(int numWorkers) {
    for (int worker = 0; worker < numWorkers; worker++) {
      recorders.add(new SpanRecorder());
    }
  }

  /** The clock runs on. */
  void resume(long now) {
    zero = now - clock;
  }

  /** The clock stands still. */
  void pause(long now) {
    clock = now - zero;
  }

  /** The clock as it stood still last. */
  long nanos() {
    return clock;
  }

  /** A step that began and ended at the driver at these times. */
  void add(WorkerTimes times, long began, long ended) {
    long first = Long.MAX_VALUE;
    long last = began;
    for (int worker = 0; worker < recorders.size(); worker++) {
      first = Math.min(first, times.arrived[worker]);
      last = Math.max(last, times.to[worker]);
    }
    for (int worker = 0; worker < recorders.size(); worker++) {
      SpanRecorder recorder = recorders.get(worker);
      recorder.to(Activity.COMMUNICATING, began - zero);
      recorder.to(Activity.WAITING, at(first, ended));
      recorder.to(Activity.COMMUNICATING, at(times.arrived[worker], ended));
      recorder.to(Activity.WAITING, at(times.ready[worker], ended));
      recorder.to(Activity.COMPUTING, at(times.from[worker], ended));
      recorder.to(Activity.WAITING, at(times.to[worker], ended));
      recorder.to(Activity.COMMUNICATING, at(last, ended));
    }
  }

  private long at(long time, long ended) {
    return Math.min(time, ended) - zero;
  }

  /** All of it, until the clock stood still last. */
  Timeline timeline() {
    recorders.forEach(recorder -> recorder.end(clock));
    return Timeline.of(recorders);
  }
}
