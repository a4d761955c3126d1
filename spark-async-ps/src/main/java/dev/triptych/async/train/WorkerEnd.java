package dev.triptych.async.train;

import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.training.WorkerActivity;
import java.io.Serializable;

/** What a worker reports when a job ends. A plain class: it travels. */
final class WorkerEnd implements Serializable {
  private static final long serialVersionUID = 1L;

  final WorkerActivity activity;
  // Its time 0 is when the servers let everybody go.
  final SpanRecorder recorder;
  // That time on the host's clock, and whether another attempt had worked before.
  final long beganNanos;
  final boolean again;

  WorkerEnd(WorkerActivity activity, SpanRecorder recorder, long beganNanos, boolean again) {
    this.activity = activity;
    this.recorder = recorder;
    this.beganNanos = beganNanos;
    this.again = again;
  }
}
