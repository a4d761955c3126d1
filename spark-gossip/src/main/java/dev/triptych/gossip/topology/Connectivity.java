package dev.triptych.gossip.topology;

import java.util.Arrays;

/**
 * Strongly connected components of a directed graph and its period, iteratively, in O(nodes +
 * edges). Self-loops count. Immutable and thread-safe.
 *
 * @see <a href="https://doi.org/10.1137/0201010">Tarjan 1972</a> for the components; the period of
 *     a component is the gcd of level(u) + 1 − level(v) over its edges u → v for any breadth-first
 *     levels (Denardo 1977)
 */
public final class Connectivity {
  private final int numComponents;
  private final int[] component;
  private final int period;
  private final boolean leaking;

  private Connectivity(int numComponents, int[] component, int period, boolean leaking) {
    this.numComponents = numComponents;
    this.component = component;
    this.period = period;
    this.leaking = leaking;
  }

  /**
   * @param receivers receivers[i] lists the heads of i's edges
   */
  public static Connectivity of(int[][] receivers) {
    int[] component = new int[receivers.length];
    int numComponents = tarjan(receivers, component);
    boolean leaking = false;
    for (int u = 0; u < receivers.length; u++) {
      for (int v : receivers[u]) {
        leaking |= component[u] != component[v];
      }
    }
    return new Connectivity(numComponents, component, period(receivers, component), leaking);
  }

  /** Strongly connected components. */
  public int numComponents() {
    return numComponents;
  }

  /** Component of each node, 0-based; do not change. */
  public int[] component() {
    return component;
  }

  /** Whether every node reaches every other. */
  public boolean isStronglyConnected() {
    return numComponents == 1;
  }

  /** Whether some edge leads from one component to another, which cannot answer. */
  public boolean isLeaking() {
    return leaking;
  }

  /**
   * Largest period of a component: the gcd of its cycles' lengths. 1 for an aperiodic graph; a
   * component without a cycle counts as aperiodic.
   */
  public int period() {
    return period;
  }

  private static int tarjan(int[][] receivers, int[] component) {
    int numNodes = receivers.length;
    int[] index = new int[numNodes];
    int[] low = new int[numNodes];
    int[] nextEdge = new int[numNodes];
    int[] stack = new int[numNodes];
    int[] path = new int[numNodes];
    Arrays.fill(index, -1);
    Arrays.fill(component, -1);
    int stackSize = 0;
    int nextIndex = 0;
    int numComponents = 0;
    for (int root = 0; root < numNodes; root++) {
      if (index[root] >= 0) {
        continue;
      }
      int depth = 0;
      path[0] = root;
      index[root] = nextIndex;
      low[root] = nextIndex++;
      stack[stackSize++] = root;
      while (depth >= 0) {
        int u = path[depth];
        if (nextEdge[u] < receivers[u].length) {
          int v = receivers[u][nextEdge[u]++];
          if (index[v] < 0) {
            index[v] = nextIndex;
            low[v] = nextIndex++;
            stack[stackSize++] = v;
            path[++depth] = v;
          } else if (component[v] < 0) {
            low[u] = Math.min(low[u], index[v]);
          }
        } else {
          if (low[u] == index[u]) {
            int v;
            do {
              v = stack[--stackSize];
              component[v] = numComponents;
            } while (v != u);
            numComponents++;
          }
          depth--;
          if (depth >= 0) {
            low[path[depth]] = Math.min(low[path[depth]], low[u]);
          }
        }
      }
    }
    return numComponents;
  }

  private static int period(int[][] receivers, int[] component) {
    int numNodes = receivers.length;
    int[] level = new int[numNodes];
    int[] queue = new int[numNodes];
    int[] gcd = new int[numNodes];
    Arrays.fill(level, -1);
    for (int root = 0; root < numNodes; root++) {
      if (level[root] >= 0) {
        continue;
      }
      int head = 0;
      int tail = 0;
      queue[tail++] = root;
      level[root] = 0;
      while (head < tail) {
        int u = queue[head++];
        for (int v : receivers[u]) {
          if (component[v] != component[u]) {
            continue;
          }
          if (level[v] < 0) {
            level[v] = level[u] + 1;
            queue[tail++] = v;
          } else {
            gcd[component[u]] = gcd(gcd[component[u]], Math.abs(level[u] + 1 - level[v]));
          }
        }
      }
    }
    return Math.max(1, Arrays.stream(gcd).max().orElse(1));
  }

  private static int gcd(int a, int b) {
    while (b != 0) {
      int rest = a % b;
      a = b;
      b = rest;
    }
    return a;
  }
}
