package dev.triptych.gossip.train;

import dev.triptych.core.training.TrainingRun;
import java.util.ArrayList;
import java.util.List;

/**
 * A run with every node's own final weights.
 *
 * @param run as {@link GossipTrainer#train} gives it
 * @param nodeWeights final weights by node, N × numParameters
 * @param component strongly connected component of each node, 0-based; all 0 unless training was
 *     allowed on a graph that falls apart
 */
public record GossipRun(TrainingRun run, double[][] nodeWeights, int[] component) {

  /** The mean of the nodes' weights in each component. */
  public List<double[]> componentMeans() {
    List<double[]> means = new ArrayList<>();
    for (int c = 0; c < numComponents(); c++) {
      means.add(RoundMean.mean(weightsOf(c)));
    }
    return means;
  }

  /** √((1/m) Σ ‖x_i − x̄_c‖²) over the m nodes of each component c. */
  public double[] componentDistances() {
    List<double[]> means = componentMeans();
    double[] distances = new double[means.size()];
    for (int c = 0; c < distances.length; c++) {
      double squares = 0;
      List<double[]> members = weightsOf(c);
      for (double[] weights : members) {
        squares += RoundMean.squaredDistance(weights, means.get(c));
      }
      distances[c] = Math.sqrt(squares / members.size());
    }
    return distances;
  }

  private int numComponents() {
    int largest = 0;
    for (int c : component) {
      largest = Math.max(largest, c);
    }
    return largest + 1;
  }

  private List<double[]> weightsOf(int wanted) {
    List<double[]> members = new ArrayList<>();
    for (int node = 0; node < component.length; node++) {
      if (component[node] == wanted) {
        members.add(nodeWeights[node]);
      }
    }
    return members;
  }
}
