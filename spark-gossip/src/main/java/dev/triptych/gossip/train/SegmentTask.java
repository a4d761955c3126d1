package dev.triptych.gossip.train;

import dev.triptych.gossip.control.EpochClient;
import dev.triptych.gossip.exchange.Exchange;
import dev.triptych.gossip.exchange.Neighbourhood;
import dev.triptych.gossip.membership.Complaint;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.Worker;
import dev.triptych.spark.worker.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task of a segment: arrives for each epoch, opens an exchange for it, waits until all members
 * are ready, and runs its own nodes. When a member is lost or comes back the epoch ends and the
 * task arrives again; in the end all tasks arrive once more, so that nobody leaves while others
 * need it.
 */
final class SegmentTask implements TaskBody<List<SegmentPart>> {
  private static final long serialVersionUID = 1L;

  private static final Logger log = LoggerFactory.getLogger(SegmentTask.class);

  private final Segment segment;

  SegmentTask(Segment segment) {
    this.segment = segment;
  }

  @Override
  public List<SegmentPart> run(List<Worker> workers) throws Exception {
    List<NodeRounds> nodes = new ArrayList<>();
    for (Worker worker : workers) {
      nodes.add(new NodeRounds(segment, worker));
    }
    try (EpochClient client =
        EpochClient.open(
            segment.control(),
            TaskContext.get().taskAttemptId(),
            workers.stream().map(Worker::index).toList(),
            () -> nodes.stream().map(NodeRounds::sentRound).toList())) {
      List<SegmentPart> parts = new ArrayList<>();
      try {
        Epoch epoch = client.arrive(rounds(nodes));
        while (epoch != null) {
          run(epoch, client, workers, nodes);
          epoch = client.arrive(rounds(nodes));
        }
      } catch (NodeFailedException e) {
        log.error("run {}", segment.control().runId(), e);
        String message = String.valueOf(e.getMessage());
        parts.add(new NodeFailure(nodes.get(0).node(), message));
        client.stop("failed at " + message);
      }
      for (NodeRounds node : nodes) {
        parts.addAll(node.parts(client.isFinished()));
      }
      return parts;
    }
  }

  private void run(Epoch epoch, EpochClient client, List<Worker> workers, List<NodeRounds> nodes)
      throws Exception {
    MixingSequence mixing = epoch.mixing(segment.mixing());
    Neighbourhood neighbourhood = Neighbourhood.of(mixing);
    long first = epoch.firstRound();
    if (epoch.hasDonors()) {
      first--;
      neighbourhood = neighbourhood.withHandover(first, epoch.donors());
    }
    try (Exchange exchange =
        Exchange.open(
            segment.control().runId() + "-epoch-" + epoch.number(),
            nodes.stream().mapToInt(NodeRounds::node).toArray(),
            neighbourhood,
            first,
            segment.run().maxWait())) {
      Map<Integer, Address> members = client.ready(exchange.endpoint().address(), exchange::halt);
      if (members == null) {
        return;
      }
      exchange.connect(members);
      EpochRun epochRun = new EpochRun(epoch, mixing, exchange);
      try {
        WorkerThreads.runAll(
            workers, worker -> rounds(nodes.get(workers.indexOf(worker)), epochRun));
      } catch (NodeFailedException e) {
        exchange.abort();
        exchange.drain();
        throw e;
      }
      exchange.drain();
    }
    for (NodeRounds node : nodes) {
      Complaint complaint = node.complaint();
      if (complaint != null) {
        client.complain(complaint);
      }
    }
    if (nodes.stream().map(NodeRounds::divergedAt).anyMatch(Objects::nonNull)) {
      client.stop("a node saw divergence");
    }
  }

  private static List<Long> rounds(List<NodeRounds> nodes) {
    return nodes.stream().map(NodeRounds::round).toList();
  }

  private static int rounds(NodeRounds node, EpochRun epochRun) throws InterruptedException {
    try {
      node.run(epochRun);
      return node.node();
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
