package dev.triptych.gossip.exchange;

import dev.triptych.gossip.mixing.MixingMatrix;
import java.io.Serializable;

/** Who hears whom in a run: node i hears j when w_ij ≠ 0 and j ≠ i. Immutable and thread-safe. */
public final class Neighbourhood implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[][] senders;
  private final int[][] receivers;

  private Neighbourhood(int[][] senders, int[][] receivers) {
    this.senders = senders;
    this.receivers = receivers;
  }

  /** The support of a mixing matrix, without its diagonal. */
  public static Neighbourhood of(MixingMatrix mixing) {
    int numNodes = mixing.numNodes();
    int[][] senders = new int[numNodes][];
    int[] counts = new int[numNodes];
    for (int i = 0; i < numNodes; i++) {
      int[] sources = mixing.sources(i);
      int length = 0;
      for (int j : sources) {
        if (j != i) {
          length++;
          counts[j]++;
        }
      }
      senders[i] = new int[length];
      int next = 0;
      for (int j : sources) {
        if (j != i) {
          senders[i][next++] = j;
        }
      }
    }
    int[][] receivers = new int[numNodes][];
    for (int j = 0; j < numNodes; j++) {
      receivers[j] = new int[counts[j]];
      counts[j] = 0;
    }
    for (int i = 0; i < numNodes; i++) {
      for (int j : senders[i]) {
        receivers[j][counts[j]++] = i;
      }
    }
    return new Neighbourhood(senders, receivers);
  }

  /** The nodes that {@code node} hears, ascending, without itself; do not change. */
  public int[] senders(int node) {
    return senders[node];
  }

  /** The nodes that hear {@code node}, ascending, without itself; do not change. */
  public int[] receivers(int node) {
    return receivers[node];
  }

  /** Messages of one round. */
  public long numLinks() {
    long links = 0;
    for (int[] row : receivers) {
      links += row.length;
    }
    return links;
  }
}
