package dev.triptych.async.train;

import dev.triptych.async.memory.SharedSteps;
import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.Worker;
import dev.triptych.spark.worker.WorkerThreads;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/** What a Spark task does in a run in shared memory: one {@link SharedLoop} per worker. */
final class SharedTask implements TaskBody<List<WorkerEnd>> {
  private static final long serialVersionUID = 1L;

  private final Objective objective;
  private final RunSettings run;
  private final long sharedRun;
  private final long numRows;
  private final @Nullable Broadcast<FeatureFrequency> frequency;

  /**
   * @param sharedRun number of the {@link SharedRun}
   * @param numRows n
   * @param frequency for sparse gradients; null for dense ones
   */
  SharedTask(
      Objective objective,
      RunSettings run,
      long sharedRun,
      long numRows,
      @Nullable Broadcast<FeatureFrequency> frequency) {
    this.objective = objective;
    this.run = run;
    this.sharedRun = sharedRun;
    this.numRows = numRows;
    this.frequency = frequency;
  }

  @Override
  public List<WorkerEnd> run(List<Worker> workers) throws Exception {
    SharedRun shared = SharedRun.of(sharedRun);
    return WorkerThreads.runAll(workers, worker -> loop(worker, shared).run());
  }

  private SharedLoop loop(Worker worker, SharedRun shared) {
    int rows = worker.block().numRows();
    double scale = run.batchSize() == 0 ? (double) rows * worker.numWorkers() / numRows : 1;
    return new SharedLoop(
        worker.index(),
        shared,
        SharedSteps.of(
            objective,
            worker.block(),
            new BatchSampler(rows, run.batchSize(), run.seed(), worker.index()),
            shared.weights(),
            frequency == null ? null : frequency.value(),
            scale),
        run.stepSize(),
        run.stragglers().isNone() ? null : new Pacer(run.stragglers(), worker.index()),
        numRows);
  }
}
