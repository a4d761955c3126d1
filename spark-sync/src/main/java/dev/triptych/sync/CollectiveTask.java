package dev.triptych.sync;

import dev.triptych.spark.control.RunControlClient;
import dev.triptych.spark.exchange.AllReduceException;
import dev.triptych.spark.exchange.RingAllReduce;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.RemoteFailureException;
import dev.triptych.spark.transport.TransportException;
import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.TaskWait;
import dev.triptych.spark.worker.Worker;
import java.time.Duration;
import java.util.List;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task of a run without the driver: finds the others and does all steps. What fails in it is a
 * result and not an exception: a task that Spark starts anew has none of the weights, so the run
 * ends, and its driver says why.
 */
final class CollectiveTask implements TaskBody<CollectiveEnd> {
  private static final long serialVersionUID = 1L;

  private static final Logger log = LoggerFactory.getLogger(CollectiveTask.class);

  private final CollectivePlan plan;

  CollectiveTask(CollectivePlan plan) {
    this.plan = plan;
  }

  @Override
  public CollectiveEnd run(List<Worker> workers) throws Exception {
    String runId = plan.control().runId();
    int task = TaskContext.getPartitionId();
    int attempt = workers.get(0).attempt();
    if (attempt > 0) {
      throw new IllegalStateException(
          "run %s: task %d was lost, with weights that the others cannot go on without"
              .formatted(runId, task));
    }
    var maxWait = plan.batches().run().maxWait();
    CollectiveEnd end = new CollectiveEnd(workers.get(0).numWorkers());
    try (RingAllReduce ring =
        RingAllReduce.open(runId, plan.numTasks(), new int[] {task}, maxWait)) {
      RunControlClient control = RunControlClient.connect(ring.endpoint(), plan.control());
      try {
        ring.connect(control.join(new int[] {task}, attempt, ring.endpoint().address()));
        Minimisation minimisation = plan.minimisation();
        if (minimisation != null) {
          new CollectiveMinimiser(plan, minimisation, workers, ring, task, control, end).run();
          return end;
        }
        try (CollectiveSteps steps = new CollectiveSteps(plan, workers, ring, task, control, end)) {
          steps.run();
        }
      } catch (InterruptedException e) {
        ring.fail(e);
        throw e;
      } catch (Exception | Error e) {
        ring.fail(e);
        tellDesk(ring);
        end.failure = "workers %s: %s".formatted(indices(workers), e);
        end.isConsequence = e instanceof AllReduceException || e instanceof RemoteFailureException;
      }
    }
    return end;
  }

  /** Who waits for the workers of this task need not wait longer. */
  private void tellDesk(RingAllReduce ring) throws InterruptedException {
    Address desk = plan.desk();
    if (desk == null) {
      return;
    }
    try {
      TaskWait.forValue(
          ring.endpoint()
              .call(
                  desk,
                  new ArrivalMessage(plan.control().runId(), 0, ArrivalMessage.FAILED).encode(),
                  Duration.ofSeconds(5)));
    } catch (TransportException e) {
      log.warn("run {}: the driver did not hear of a failure", plan.control().runId(), e);
    }
  }

  private static List<Integer> indices(List<Worker> workers) {
    return workers.stream().map(Worker::index).toList();
  }
}
