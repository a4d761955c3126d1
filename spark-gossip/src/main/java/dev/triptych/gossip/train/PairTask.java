package dev.triptych.gossip.train;

import dev.triptych.gossip.exchange.BudgetClient;
import dev.triptych.gossip.exchange.GrantedSteps;
import dev.triptych.gossip.exchange.PairExchange;
import dev.triptych.gossip.exchange.PairHost;
import dev.triptych.spark.control.RunControlClient;
import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.TaskWait;
import dev.triptych.spark.worker.Worker;
import dev.triptych.spark.worker.WorkerThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task of an asynchronous segment: its nodes do their steps, and answer their neighbours until
 * all nodes of the run have finished. A task that Spark starts anew takes its nodes' weights from
 * their neighbours, who have gone on meanwhile.
 */
final class PairTask implements TaskBody<List<SegmentPart>> {
  private static final long serialVersionUID = 1L;

  private static final Logger log = LoggerFactory.getLogger(PairTask.class);
  // A stage that Spark starts anew counts its tasks' attempts from 0 again.
  private static final int ATTEMPTS_PER_STAGE = 1000;
  private static final long POLL_MILLIS = 5;

  private final PairSegment segment;

  PairTask(PairSegment segment) {
    this.segment = segment;
  }

  @Override
  public List<SegmentPart> run(List<Worker> workers) throws Exception {
    String runId = segment.control().runId();
    Duration maxWait = segment.run().maxWait();
    int[] nodes = workers.stream().mapToInt(Worker::index).toArray();
    int attempt =
        TaskContext.get().stageAttemptNumber() * ATTEMPTS_PER_STAGE + workers.get(0).attempt();
    try (PairExchange exchange = open(runId, nodes, attempt)) {
      RunControlClient control = RunControlClient.connect(exchange.endpoint(), segment.control());
      BudgetClient budget = new BudgetClient(exchange.endpoint(), segment.budget(), runId, maxWait);
      List<PairHost> hosts = new ArrayList<>();
      for (int node : nodes) {
        hosts.add(exchange.host(node));
      }
      var everybody = control.join(nodes, attempt, exchange.endpoint().address());
      long startNanos = System.nanoTime();
      exchange.connect(everybody, control::addresses, budget::misses);
      long[] stepsBefore = new long[nodes.length];
      var states = segment.states();
      if (attempt == 0 && states != null) {
        Arrays.setAll(stepsBefore, k -> states.value()[nodes[k]].steps);
      }
      if (attempt > 0) {
        startNanos -= TaskWait.forValue(budget.claim(nodes[0], 0)).elapsedNanos();
        for (int k = 0; k < nodes.length; k++) {
          hosts.get(k).awaitWeights(maxWait);
          stepsBefore[k] = TaskWait.forValue(budget.claim(nodes[k], 0)).grant().first();
        }
        log.info("run {}: nodes {} are back, with their neighbours' weights", runId, nodes);
      }
      TaskSnapshots snapshots = new TaskSnapshots(segment, hosts, stepsBefore, startNanos);
      if (attempt == 0) {
        snapshots.progressed(segment.first());
      }
      List<PairSteps> steps = new ArrayList<>();
      for (int k = 0; k < nodes.length; k++) {
        steps.add(
            new PairSteps(
                segment,
                workers.get(k),
                hosts.get(k),
                budget,
                stepsBefore[k],
                snapshots::progressed));
      }
      long start = startNanos;
      WorkerThreads.runAll(workers, worker -> steps(steps.get(workers.indexOf(worker)), start));
      exchange.quiet();
      long done = awaitOthers(budget, nodes, snapshots);
      List<SegmentPart> parts = new ArrayList<>(snapshots.finish(done));
      steps.forEach(node -> parts.add(node.end(attempt)));
      return parts;
    }
  }

  private PairExchange open(String runId, int[] nodes, int attempt) {
    int numParameters = segment.objective().model().numParameters();
    long seed = segment.run().seed() + segment.first();
    Duration maxWait = segment.run().maxWait();
    if (attempt > 0) {
      return PairExchange.rejoin(
          runId, attempt, nodes, segment.order(), numParameters, seed, maxWait);
    }
    var states = segment.states();
    // Copies: tasks in one process share the broadcast's arrays.
    return PairExchange.open(
        runId,
        nodes,
        segment.order(),
        node ->
            states == null
                ? segment.objective().initialWeights(segment.run().seed()).toArray(numParameters)
                : states.value()[node].weights.clone(),
        seed,
        maxWait);
  }

  private static boolean steps(PairSteps node, long startNanos) throws InterruptedException {
    try {
      node.run(startNanos);
      return true;
    } catch (RuntimeException e) {
      throw new IllegalStateException("node " + node.node() + ": " + e, e);
    }
  }

  /**
   * Answers until all nodes have finished.
   *
   * @return the steps of all nodes
   */
  private long awaitOthers(BudgetClient budget, int[] nodes, TaskSnapshots snapshots)
      throws InterruptedException {
    for (int node : nodes) {
      TaskWait.forValue(budget.finish(node));
    }
    TaskContext task = TaskContext.get();
    long deadline = System.nanoTime() + segment.run().maxWait().toNanos();
    while (true) {
      GrantedSteps now = TaskWait.forValue(budget.claim(nodes[0], 0));
      if (now.grant().over()) {
        return now.grant().progress();
      }
      snapshots.progressed(now.grant().progress());
      if (task.isInterrupted()) {
        throw new TaskKilledException("killed by Spark");
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            String.format(
                "run %s: the others did not finish within %d ms after nodes %d to %d",
                segment.control().runId(),
                segment.run().maxWait().toMillis(),
                nodes[0],
                nodes[nodes.length - 1]));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }
}
