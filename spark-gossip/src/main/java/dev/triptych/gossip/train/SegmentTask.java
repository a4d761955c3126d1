package dev.triptych.gossip.train;

import dev.triptych.gossip.exchange.Exchange;
import dev.triptych.spark.control.RunControlClient;
import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.Worker;
import dev.triptych.spark.worker.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One task of a segment: opens the exchange, waits until all nodes are ready, runs its own. */
final class SegmentTask implements TaskBody<List<SegmentPart>> {
  private static final long serialVersionUID = 1L;

  private static final Logger log = LoggerFactory.getLogger(SegmentTask.class);

  private final Segment segment;

  SegmentTask(Segment segment) {
    this.segment = segment;
  }

  @Override
  public List<SegmentPart> run(List<Worker> workers) throws Exception {
    String runId = segment.control().runId();
    int[] nodes = workers.stream().mapToInt(Worker::index).toArray();
    int attempt = workers.get(0).attempt();
    if (attempt > 0) {
      throw new IllegalStateException(
          "run "
              + runId
              + ": the task with node "
              + nodes[0]
              + " was lost, see its first attempt; a node cannot rejoin its neighbours");
    }
    try (Exchange exchange =
        Exchange.open(
            runId, nodes, segment.neighbourhood(), segment.firstRound(), segment.run().maxWait())) {
      RunControlClient control = RunControlClient.connect(exchange.endpoint(), segment.control());
      List<NodeRounds> prepared = new ArrayList<>();
      for (Worker worker : workers) {
        prepared.add(new NodeRounds(segment, worker, exchange, control));
      }
      exchange.connect(control.join(nodes, attempt, exchange.endpoint().address()));
      long startNanos = System.nanoTime();
      List<SegmentPart> parts = new ArrayList<>();
      try {
        WorkerThreads.runAll(
                workers, worker -> rounds(prepared.get(workers.indexOf(worker)), startNanos))
            .forEach(parts::addAll);
      } catch (NodeFailedException e) {
        log.error("run {}", runId, e);
        parts.add(new NodeFailure(nodes[0], String.valueOf(e.getMessage())));
        exchange.abort();
      }
      exchange.drain();
      return parts;
    }
  }

  private static List<SegmentPart> rounds(NodeRounds node, long startNanos)
      throws InterruptedException {
    try {
      return node.run(startNanos);
    } catch (RuntimeException e) {
      throw new NodeFailedException("node " + node.node() + ": " + e, e);
    }
  }

  /** A node that cannot go on. */
  private static final class NodeFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NodeFailedException(String message, RuntimeException cause) {
      super(message, cause);
    }
  }
}
