package dev.triptych.gossip.train;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import dev.triptych.core.training.TracePoint;
import dev.triptych.gossip.algorithm.NodeState;
import dev.triptych.spark.checkpoint.CheckpointDirectory;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * A run between two rounds as files: one part per node with all that the node remembers, and a last
 * one with the run's clock, totals and trace.
 *
 * @param round rounds done
 * @param seconds on the training clock
 * @param states by node
 * @param totals what the nodes did
 * @param trace evaluated so far
 */
record SavedRun(
    long round, double seconds, NodeState[] states, NodeTotals totals, List<TracePoint> trace) {
  private static final String PART = "part";
  private static final int MAX_TRACE = 1_000_000;

  /** The checkpoints of runs by this algorithm; other modes and algorithms have their own. */
  private static CheckpointDirectory directory(
      String option, String path, String algorithm, Configuration conf) {
    return CheckpointDirectory.at(option, path + "/gossip-" + algorithm, PART, conf);
  }

  /** Writes all of it, or nothing. */
  void write(String path, String algorithm, Map<String, String> fingerprint, Configuration conf)
      throws IOException, InterruptedException {
    directory("--checkpoint-dir", path, algorithm, conf)
        .write(0, round, fingerprint, states.length + 1, this::writePart);
  }

  private void writePart(int part, OutputStream to) throws IOException {
    OutputStream buffered = new BufferedOutputStream(to);
    StateWriter out = new StateWriter(buffered);
    if (part < states.length) {
      states[part].writeTo(out);
    } else {
      out.putLong(round).putDouble(seconds);
      totals.writeTo(out);
      out.putInt(trace.size());
      for (TracePoint point : trace) {
        write(point, out);
      }
    }
    out.finish();
    buffered.flush();
  }

  private static void write(TracePoint point, StateWriter out) throws IOException {
    out.putDouble(point.seconds()).putDouble(point.epochs()).putLong(point.updates());
    out.putDouble(point.objective()).putLong(point.bytes());
    putOptional(point.testMetric(), out);
    putOptional(point.consensusDistance(), out);
    out.putVector(point.nodeObjectives().stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static void putOptional(@Nullable Double value, StateWriter out) throws IOException {
    out.putBoolean(value != null).putDouble(value == null ? 0 : value);
  }

  /**
   * The newest one.
   *
   * @throws InvalidInputException in one line, if there is none, or of another run, or damaged
   */
  static SavedRun read(
      String path,
      String algorithm,
      Map<String, String> fingerprint,
      int numNodes,
      int numParameters,
      Optimizer optimizer,
      Configuration conf) {
    CheckpointDirectory.Saved saved =
        directory("--resume", path, algorithm, conf).newest("--resume");
    saved.requireSame("--resume", fingerprint);
    try {
      NodeState[] states = new NodeState[numNodes];
      for (int node = 0; node < numNodes; node++) {
        try (InputStream in = new BufferedInputStream(saved.open(node))) {
          StateReader state = new StateReader(in);
          states[node] = NodeState.read(node, numParameters, optimizer, state);
          state.finish();
        }
      }
      try (InputStream in = new BufferedInputStream(saved.open(numNodes))) {
        StateReader state = new StateReader(in);
        long round = state.readLong();
        double seconds = state.readDouble();
        NodeTotals totals = new NodeTotals(numNodes);
        totals.read(state);
        int length = state.readCount(MAX_TRACE);
        List<TracePoint> trace = new ArrayList<>();
        for (int k = 0; k < length; k++) {
          trace.add(readPoint(state, numNodes));
        }
        state.finish();
        return new SavedRun(round, seconds, states, totals, trace);
      }
    } catch (IOException e) {
      throw new InvalidInputException("--resume: " + saved + ": " + e.getMessage(), e);
    }
  }

  private static TracePoint readPoint(StateReader in, int numNodes) throws IOException {
    double seconds = in.readDouble();
    double epochs = in.readDouble();
    long updates = in.readLong();
    double objective = in.readDouble();
    long bytes = in.readLong();
    Double testMetric = optional(in);
    Double consensusDistance = optional(in);
    List<Double> nodeObjectives = new ArrayList<>();
    for (double each : in.readVector(numNodes)) {
      nodeObjectives.add(each);
    }
    return new TracePoint(
        seconds,
        epochs,
        updates,
        objective,
        testMetric,
        bytes,
        consensusDistance,
        null,
        nodeObjectives);
  }

  private static @Nullable Double optional(StateReader in) throws IOException {
    boolean there = in.readBoolean();
    double value = in.readDouble();
    return there ? value : null;
  }
}
