package dev.triptych.gossip.train;

import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.timeline.Timeline;
import dev.triptych.core.training.WorkerActivity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the nodes did in all segments so far. Not thread-safe. */
final class NodeTotals {
  private final long[] batches;
  private final double[] computeSeconds;
  private final double[] waitSeconds;
  private final List<SpanRecorder> recorders = new ArrayList<>();
  private long bytesSent;
  private long bytesReceived;
  private @Nullable Long divergedAt;

  NodeTotals(int numNodes) {
    this.batches = new long[numNodes];
    this.computeSeconds = new double[numNodes];
    this.waitSeconds = new double[numNodes];
    for (int node = 0; node < numNodes; node++) {
      recorders.add(new SpanRecorder());
    }
  }

  /**
   * What a node did in a segment.
   *
   * @param secondsBefore on the training clock when the segment began
   */
  void add(NodeEnd end, double secondsBefore) {
    recorders.get(end.node).append(end.recorder, Math.round(secondsBefore * 1e9));
    batches[end.node] += end.batches;
    computeSeconds[end.node] += end.computeSeconds;
    waitSeconds[end.node] += end.waitSeconds;
    bytesSent += end.bytesSent;
    bytesReceived += end.bytesReceived;
    if (end.divergedAt != null && (divergedAt == null || end.divergedAt < divergedAt)) {
      divergedAt = end.divergedAt;
    }
  }

  void writeTo(StateWriter out) throws IOException {
    out.putLongs(batches).putVector(computeSeconds).putVector(waitSeconds);
    out.putLong(bytesSent).putLong(bytesReceived);
  }

  /** Takes over what {@link #writeTo} has written; of as many nodes. */
  void read(StateReader in) throws IOException {
    int numNodes = batches.length;
    long[] savedBatches = in.readLongs(numNodes);
    double[] savedCompute = in.readVector(numNodes);
    double[] savedWait = in.readVector(numNodes);
    System.arraycopy(savedBatches, 0, batches, 0, numNodes);
    System.arraycopy(savedCompute, 0, computeSeconds, 0, numNodes);
    System.arraycopy(savedWait, 0, waitSeconds, 0, numNodes);
    bytesSent = in.readLong();
    bytesReceived = in.readLong();
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

  /** What the nodes did until the training clock showed {@code seconds}. */
  Timeline timeline(double seconds) {
    recorders.forEach(recorder -> recorder.end(Math.round(seconds * 1e9)));
    return Timeline.of(recorders);
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
