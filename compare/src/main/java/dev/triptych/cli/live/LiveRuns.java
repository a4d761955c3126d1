package dev.triptych.cli.live;

import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.LiveStatus;
import dev.triptych.spark.ProgressListener;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runs of this process, those that go on and those that are done. Thread-safe. */
public final class LiveRuns {
  private final List<LiveRun> runs = new ArrayList<>();

  /**
   * A run that begins now.
   *
   * @param title such as {@code async, seed 2 (2 of 5)}
   * @param next hears the same
   */
  public synchronized LiveRun begin(String title, ProgressListener next) {
    LiveRun run = new LiveRun(title, next);
    runs.add(run);
    return run;
  }

  synchronized List<LiveRun> all() {
    return List.copyOf(runs);
  }

  /** One run. Thread-safe. */
  public static final class LiveRun implements ProgressListener {
    private final String title;
    private final ProgressListener next;
    private double epochsDone;
    private double epochs;
    private List<TracePoint> trace = new ArrayList<>();
    private @Nullable LiveStatus status;
    private @Nullable TrainingRun ended;

    private LiveRun(String title, ProgressListener next) {
      this.title = title;
      this.next = next;
    }

    @Override
    public void progressed(double nowDone, double inAll) {
      next.progressed(nowDone, inAll);
      synchronized (this) {
        epochsDone = Math.min(nowDone, inAll);
        epochs = inAll;
      }
    }

    @Override
    public void observed(LiveStatus now) {
      next.observed(now);
      synchronized (this) {
        status = now;
      }
    }

    @Override
    public void evaluated(TracePoint latest) {
      next.evaluated(latest);
      synchronized (this) {
        trace.add(latest);
      }
    }

    /** It is over. */
    public synchronized void end(TrainingRun run) {
      ended = run;
      trace = run.trace();
    }

    /** As it stands now. */
    synchronized View view() {
      return new View(title, epochsDone, epochs, List.copyOf(trace), status, ended);
    }
  }

  /** A run at one moment. */
  record View(
      String title,
      double epochsDone,
      double epochs,
      List<TracePoint> trace,
      @Nullable LiveStatus status,
      @Nullable TrainingRun ended) {}
}
