package dev.triptych.async.train;

import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.LiveStatus;
import dev.triptych.spark.ProgressListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaFutureAction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the job of the workers and sees to it that something moves at the servers meanwhile:
 * tells how far they are, lets nobody wait for a silent worker for ever, and fails when all stand
 * still. One for each job.
 */
final class JobWatch {
  private static final Logger LOG = LoggerFactory.getLogger(JobWatch.class);
  private static final long POLL_MILLIS = 500;

  private final RunServers servers;
  private final RunSettings run;
  private final long numRows;
  private final ProgressListener progress;
  private final Watch watch;
  private final Watch silence;
  private final ProgressLine line;
  private final Set<Integer> dead = new TreeSet<>();

  /**
   * @param numRows n, for epochs
   */
  JobWatch(RunServers servers, AsyncSettings settings, long numRows, ProgressListener progress) {
    this.servers = servers;
    this.run = settings.run();
    this.numRows = numRows;
    this.progress = progress;
    long now = System.nanoTime();
    watch = new Watch(run.maxWait().toNanos(), now);
    silence = new Watch(run.maxWait().toNanos() / 2, now);
    line = new ProgressLine(settings.progressInterval().toNanos(), numRows, run.epochs(), now);
  }

  /** The job's result; fails when nothing moves at the servers for longer than the bound. */
  <R> R await(JavaFutureAction<R> job) throws InterruptedException {
    while (true) {
      try {
        return job.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        servers.requireNoLoss();
        throw failed(e);
      } catch (TimeoutException e) {
        look(e);
      }
    }
  }

  private void look(TimeoutException stillRunning) throws InterruptedException {
    List<ShardStatus> shards = servers.status();
    ShardStatus first = shards.get(0);
    if (line.isDue(System.nanoTime())) {
      LOG.info("{}", line.next(shards, servers.client().queueDepth(), System.nanoTime()));
    }
    progress.progressed((double) first.numExamples() / numRows, run.epochs());
    progress.observed(live(shards));
    if (watch.isStuck(shards, System.nanoTime())) {
      throw new IllegalStateException(
          "nothing moved for %d s at update %d; waiting for workers %s"
              .formatted(
                  run.maxWait().toSeconds(),
                  first.version(),
                  dead.isEmpty() ? first.waitingFor() : dead),
          stillRunning);
    }
    if (silence.isStuck(shards, System.nanoTime())) {
      removeThoseWaitedFor(shards);
    }
  }

  /** For who watches a run. */
  static LiveStatus live(List<ShardStatus> shards) {
    List<LiveStatus.Load> loads = new ArrayList<>();
    for (ShardStatus shard : shards) {
      loads.add(
          new LiveStatus.Load(
              loads.size(), shard.bytesReceived(), shard.bytesSent(), shard.numParked()));
    }
    ShardStatus first = shards.get(0);
    return new LiveStatus(
        first.version(), first.staleness().mean(), first.staleness().max(), loads);
  }

  /** Whoever was silent while others waited for it leaves the clock tables until it comes again. */
  private void removeThoseWaitedFor(List<ShardStatus> shards) throws InterruptedException {
    Set<Integer> silent = silent(shards);
    silent.removeAll(dead);
    if (silent.size() < run.numWorkers()) {
      for (int worker : silent) {
        LOG.warn(
            "others have waited {} s for worker {}: they go on without it",
            run.maxWait().toSeconds() / 2,
            worker);
        servers.client().removeWorker(worker);
        dead.add(worker);
      }
    }
  }

  /**
   * Whom all shards wait for, or, if they do not agree, any of them. While a checkpoint holds the
   * gates a worker that waits at one shard is missing at the others.
   */
  static Set<Integer> silent(List<ShardStatus> shards) {
    Set<Integer> anywhere = new TreeSet<>();
    Set<Integer> everywhere = new TreeSet<>();
    for (ShardStatus shard : shards) {
      if (shard.numParked() == 0) {
        continue;
      }
      if (anywhere.isEmpty()) {
        everywhere.addAll(shard.waitingFor());
      }
      everywhere.retainAll(shard.waitingFor());
      anywhere.addAll(shard.waitingFor());
    }
    return everywhere.isEmpty() ? anywhere : everywhere;
  }

  static IllegalStateException failed(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = String.valueOf(cause.getMessage());
    int end = message.indexOf("\n\tat ");
    return new IllegalStateException(
        "asynchronous training failed: " + (end < 0 ? message : message.substring(0, end)).strip(),
        cause);
  }
}
