package dev.triptych.gossip.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The mean x̄ of some nodes' weights after a round, and how far they are from it. A plain class:
 * Spark's Kryo serializer cannot read records.
 */
final class RoundMean implements SegmentPart {
  private static final long serialVersionUID = 1L;

  final long round;
  final int numNodes;
  // Gradient steps done by all of them together.
  final long steps;
  // Of the node that was last.
  final double seconds;
  final long bytesSent;
  final double[] mean;
  // √((1/N) Σ ‖x_i − x̄‖²).
  final double consensusDistance;
  // In the order of the nodes; empty unless asked for.
  final List<double[]> nodeWeights;

  private RoundMean(
      long round,
      int numNodes,
      long steps,
      double seconds,
      long bytesSent,
      double[] mean,
      double consensusDistance,
      List<double[]> nodeWeights) {
    this.round = round;
    this.numNodes = numNodes;
    this.steps = steps;
    this.seconds = seconds;
    this.bytesSent = bytesSent;
    this.mean = mean;
    this.consensusDistance = consensusDistance;
    this.nodeWeights = nodeWeights;
  }

  /**
   * Of at least one node's snapshots of one round; in two passes, in the order of the nodes.
   *
   * @param keepNodes whether the nodes' own weights are kept too
   */
  static RoundMean of(List<NodeSnapshot> snapshots, boolean keepNodes) {
    List<NodeSnapshot> nodes =
        snapshots.stream().sorted(Comparator.comparingInt(snapshot -> snapshot.node)).toList();
    double seconds = 0;
    long bytesSent = 0;
    long steps = 0;
    for (NodeSnapshot node : nodes) {
      steps += node.steps;
      seconds = Math.max(seconds, node.seconds);
      bytesSent += node.bytesSent;
    }
    List<double[]> weights = new ArrayList<>(nodes.stream().map(node -> node.weights).toList());
    double[] mean = mean(weights);
    double squares = 0;
    for (NodeSnapshot node : nodes) {
      squares += squaredDistance(node.weights, mean);
    }
    return new RoundMean(
        nodes.get(0).round,
        nodes.size(),
        steps,
        seconds,
        bytesSent,
        mean,
        Math.sqrt(squares / nodes.size()),
        keepNodes ? weights : new ArrayList<>());
  }

  /** (1/N) Σ_i vectors[i], added in this order. */
  static double[] mean(List<double[]> vectors) {
    double[] sum = vectors.get(0).clone();
    for (int i = 1; i < vectors.size(); i++) {
      double[] vector = vectors.get(i);
      for (int j = 0; j < sum.length; j++) {
        sum[j] += vector[j];
      }
    }
    if (vectors.size() > 1) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] /= vectors.size();
      }
    }
    return sum;
  }

  /** ‖a − b‖². */
  static double squaredDistance(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      double difference = a[j] - b[j];
      sum += difference * difference;
    }
    return sum;
  }

  @Override
  public long key() {
    return round;
  }
}
