package dev.triptych.async.train;

import dev.triptych.async.client.ParameterClient;
import dev.triptych.async.client.ParameterServerException;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.shard.Response.Reason;
import dev.triptych.async.traffic.Traffic;
import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.CompactBlock;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Ftrl;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.Worker;
import dev.triptych.spark.worker.WorkerThreads;
import java.time.Duration;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/**
 * What a Spark task does in an asynchronous run: one endpoint, one {@link WorkerLoop} per worker.
 */
final class WorkerTask implements TaskBody<List<WorkerEnd>> {
  private static final long serialVersionUID = 1L;

  /** The driver, which knows whom everybody waits for, speaks first when a run stands still. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private final Objective objective;
  private final RunSettings run;
  private final RunLocation location;
  private final Traffic traffic;
  private final long numRows;

  /**
   * @param numRows n
   */
  WorkerTask(
      Objective objective, RunSettings run, RunLocation location, Traffic traffic, long numRows) {
    this.objective = objective;
    this.run = run;
    this.location = location;
    this.traffic = traffic;
    this.numRows = numRows;
  }

  @Override
  public List<WorkerEnd> run(List<Worker> workers) throws Exception {
    // Unlike the attempt number it also grows from job to job and from stage to stage.
    long attempt = TaskContext.get().taskAttemptId();
    boolean again =
        TaskContext.get().attemptNumber() > 0 || TaskContext.get().stageAttemptNumber() > 0;
    try (Endpoint endpoint =
        Endpoint.open(
            "asynchronous worker",
            1,
            (request, reply) -> reply.failure("a worker serves nobody"))) {
      return WorkerThreads.runAll(workers, worker -> work(worker, endpoint, attempt, again));
    } catch (ParameterServerException e) {
      if (e.reason() == Reason.FENCED) {
        // Replaced, by speculation for example: killed, so that Spark counts no failure.
        throw new TaskKilledException(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private WorkerEnd work(Worker worker, Endpoint endpoint, long attempt, boolean again)
      throws InterruptedException {
    ParameterClient client =
        new ParameterClient(endpoint, location, worker.index(), attempt, run.maxWait().plus(SLACK))
            .with(traffic, kktBound(run));
    Pacer pacer = new Pacer(run.stragglers(), worker.index());
    return new WorkerLoop(worker.index(), client, gradients(worker), pacer, traffic.pushEvery())
        .run(again);
  }

  /** λ₁/(2N): what N workers keep back of a weight stays below half of FTRL's threshold. */
  private static double kktBound(RunSettings run) {
    return run.optimizer() instanceof Ftrl ftrl ? ftrl.l1() / (2 * run.numWorkers()) : 0;
  }

  private StepGradients gradients(Worker worker) {
    int rows = worker.block().numRows();
    GradientRows batches =
        new GradientRows(
            new BatchSampler(rows, run.batchSize(), run.seed(), worker.index()),
            traffic.pushEvery());
    CompactBlock compact = worker.compact();
    if (compact != null) {
      return new SparseGradients(objective, compact, batches);
    }
    double scale = run.batchSize() == 0 ? (double) rows * worker.numWorkers() / numRows : 1;
    return new DenseGradients(objective, worker.block(), batches, scale);
  }
}
