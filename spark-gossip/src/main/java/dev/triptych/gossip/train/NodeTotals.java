package dev.triptych.gossip.train;

import dev.triptych.core.training.WorkerActivity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the nodes did in all segments so far. Not thread-safe. */
final class NodeTotals {
  private final long[] batches;
  private final double[] computeSeconds;
  private final double[] waitSeconds;
  private long bytesSent;
  private long bytesReceived;
  private @Nullable Long divergedAt;

  NodeTotals(int numNodes) {
    this.batches = new long[numNodes];
    this.computeSeconds = new double[numNodes];
    this.waitSeconds = new double[numNodes];
  }

  void add(NodeEnd end) {
    batches[end.node] += end.batches;
    computeSeconds[end.node] += end.computeSeconds;
    waitSeconds[end.node] += end.waitSeconds;
    bytesSent += end.bytesSent;
    bytesReceived += end.bytesReceived;
    if (end.divergedAt != null && (divergedAt == null || end.divergedAt < divergedAt)) {
      divergedAt = end.divergedAt;
    }
  }

  long bytesSent() {
    return bytesSent;
  }

  long bytesReceived() {
    return bytesReceived;
  }

  /** The earliest update at which a node saw divergence, or null. */
  @Nullable Long divergedAt() {
    return divergedAt;
  }

  List<WorkerActivity> activities() {
    List<WorkerActivity> activities = new ArrayList<>();
    for (int node = 0; node < batches.length; node++) {
      activities.add(
          new WorkerActivity(node, batches[node], computeSeconds[node], waitSeconds[node]));
    }
    return activities;
  }
}
