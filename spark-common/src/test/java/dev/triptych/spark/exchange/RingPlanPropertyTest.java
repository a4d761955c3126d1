package dev.triptych.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The plan carried out step by step, without threads. */
class RingPlanPropertyTest {
  @Property(seed = "20261124", tries = 300)
  void everyNodeEndsWithTheExactSumOfDyadicValues(
      @ForAll @IntRange(min = 1, max = 17) int numNodes,
      @ForAll @IntRange(min = 0, max = 200) int length,
      @ForAll @IntRange(min = 1, max = 40) int pieceLength,
      @ForAll Random random) {
    RingPlan plan = new RingPlan(numNodes, length, pieceLength);
    double[][] nodes = new double[numNodes][length];
    double[] sum = new double[length];
    for (double[] values : nodes) {
      for (int p = 0; p < length; p++) {
        // Multiples of 1/16 below 2^20: sums are exact in any order.
        values[p] = (random.nextInt(1 << 24) - (1 << 23)) / 16.0;
        sum[p] += values[p];
      }
    }
    long[] sent = new long[numNodes];
    int[] pieces = new int[numNodes];
    for (int step = 0; step < plan.numHops(); step++) {
      for (int node = 0; node < numNodes; node++) {
        int chunk = plan.chunkSent(node, step);
        int next = plan.node(chunk, step + 1);
        assertThat(plan.node(chunk, step)).isEqualTo(node);
        assertThat(next).isEqualTo((node + 1) % numNodes);
        for (int piece = 0; piece < plan.numPieces(chunk); piece++) {
          int end = plan.end(chunk, piece);
          assertThat(end - plan.begin(chunk, piece)).isBetween(1, pieceLength);
          for (int p = plan.begin(chunk, piece); p < end; p++) {
            nodes[next][p] = nodes[node][p] + (plan.isSum(step + 1) ? nodes[next][p] : 0);
            sent[node]++;
          }
          pieces[node]++;
        }
      }
    }

    for (int node = 0; node < numNodes; node++) {
      assertThat(nodes[node]).isEqualTo(sum);
      assertThat(sent[node]).isEqualTo(plan.numValuesSent(node));
      assertThat(pieces[node]).isEqualTo(plan.numPiecesSent(node));
      assertThat(plan.numPiecesReceived((node + 1) % numNodes)).isEqualTo(pieces[node]);
      if (length % numNodes == 0) {
        // CHECKS 10: 2(n−1)M/n.
        assertThat(sent[node]).isEqualTo(2L * (numNodes - 1) * length / numNodes);
      }
    }
    assertThat(Arrays.stream(sent).sum()).isEqualTo(2L * (numNodes - 1) * length);
  }

  @Property(seed = "20261124", tries = 300)
  void piecesCutTheVectorWithoutGapOrOverlap(
      @ForAll @IntRange(min = 1, max = 300) int numNodes,
      @ForAll @IntRange(min = 0, max = 1000) int length,
      @ForAll @IntRange(min = 1, max = 40) int pieceLength) {
    RingPlan plan = new RingPlan(numNodes, length, pieceLength);
    int next = 0;
    for (int chunk = 0; chunk < numNodes; chunk++) {
      for (int piece = 0; piece < plan.numPieces(chunk); piece++) {
        assertThat(plan.begin(chunk, piece)).isEqualTo(next);
        next = plan.end(chunk, piece);
      }
    }
    assertThat(next).isEqualTo(length);
  }
}
