package dev.triptych.async.train;

import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterServerException;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.ShardCut;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.spark.checkpoint.CheckpointDirectory;
import dev.triptych.spark.checkpoint.Checkpoints;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves a run again and again while it goes on, on a thread of its own. Workers stand still only
 * until they have all come to the gate and the shards have copied their state; writing goes on
 * beside them. A checkpoint that fails is told and left out: the run goes on.
 */
final class Checkpointer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
  private static final long POLL_MILLIS = 5;
  private static final long LOOK_MILLIS = 100;

  private final CheckpointDirectory directory;
  private final Checkpoints settings;
  private final Supplier<DriverClient> control;
  private final long runId;
  private final long numRows;
  private final Map<String, String> fingerprint;
  private final Duration maxWait;
  private final Thread thread;
  private volatile boolean closed;
  private volatile int numWritten;
  private long lastExamples;

  /**
   * @param control the client to the shards as it is now
   * @param numRows n, for epochs
   * @param maxWait how long workers may take to come to the gate
   */
  Checkpointer(
      CheckpointDirectory directory,
      Checkpoints settings,
      Supplier<DriverClient> control,
      long runId,
      long numRows,
      Map<String, String> fingerprint,
      Duration maxWait) {
    this.directory = directory;
    this.settings = settings;
    this.control = control;
    this.runId = runId;
    this.numRows = numRows;
    this.fingerprint = fingerprint;
    this.maxWait = maxWait;
    thread = new Thread(this::run, "triptych-checkpoints");
    thread.setDaemon(true);
  }

  void start(long examplesBefore) {
    lastExamples = examplesBefore;
    thread.start();
  }

  /** Checkpoints written so far. */
  int numWritten() {
    return numWritten;
  }

  private void run() {
    long last = System.nanoTime();
    long number = 0;
    try {
      while (!closed) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        try {
          if (isDue(last)) {
            last = System.nanoTime();
            save(++number);
          }
        } catch (IOException | ParameterServerException e) {
          if (!closed) {
            LOG.warn("a checkpoint could not be written: {}", e.getMessage());
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("no more checkpoints");
    }
  }

  private boolean isDue(long last) throws InterruptedException {
    Duration every = settings.every();
    if (every != null) {
      return System.nanoTime() - last >= every.toNanos();
    }
    List<ShardStatus> shards = control.get().status();
    return (shards.get(0).numExamples() - lastExamples) / (double) numRows
        >= settings.everyEpochs();
  }

  private void save(long number) throws InterruptedException, IOException {
    DriverClient client = control.get();
    long start = System.nanoTime();
    List<Long> bytes = null;
    long examples = 0;
    client.hold();
    try {
      if (awaitCut(client)) {
        examples = client.status().get(0).numExamples();
        bytes = client.freeze(number);
      }
    } finally {
      client.release();
    }
    if (bytes == null) {
      return;
    }
    lastExamples = examples;
    long stoodStill = System.nanoTime() - start;
    List<Long> totals = bytes;
    long written =
        directory.write(
            runId,
            examples,
            fingerprint,
            totals.size(),
            (shard, out) -> fetch(client, shard, number, totals.get(shard), out));
    numWritten++;
    LOG.info(
        "checkpoint {} after {} epochs; workers stood still for {} ms",
        written,
        (double) examples / numRows,
        TimeUnit.NANOSECONDS.toMillis(stoodStill));
  }

  private static void fetch(
      DriverClient client, int shard, long number, long total, OutputStream out)
      throws IOException, InterruptedException {
    for (long offset = 0; offset < total; ) {
      byte[] part = client.fetchState(shard, number, offset);
      out.write(part);
      offset += part.length;
    }
  }

  /** Whether everybody waits at the same place; false if the run is over or it takes too long. */
  private boolean awaitCut(DriverClient client) throws InterruptedException {
    long deadline = System.nanoTime() + maxWait.toNanos();
    while (System.nanoTime() < deadline) {
      List<ShardCut> shards = client.cut();
      if (shards.stream().anyMatch(shard -> shard.progress() != Progress.RUNNING)) {
        return false;
      }
      if (ShardCut.isConsistent(shards)) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    LOG.warn("no checkpoint: workers did not come to the gate in {} s", maxWait.toSeconds());
    return false;
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join(TimeUnit.SECONDS.toMillis(5));
  }
}
