package dev.triptych.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class WindowPlanPropertyTest {
  @Property(tries = 300, seed = "20261124")
  void chunksOfAllWindowsAreTheVectorWithoutGapsOrOverlaps(
      @ForAll @IntRange(min = 1, max = 9) int numNodes,
      @ForAll @IntRange(max = 5000) int length,
      @ForAll @IntRange(min = 1, max = 700) int windowLength) {
    WindowPlan plan = new WindowPlan(numNodes, length, windowLength);
    int next = 0;
    for (int window = 0; window < plan.numWindows(); window++) {
      assertThat(plan.begin(window)).isEqualTo(next);
      assertThat(plan.end(window) - next).isBetween(0, windowLength);
      for (int chunk = 0; chunk < numNodes; chunk++) {
        assertThat(plan.begin(window, chunk)).isEqualTo(next);
        next = plan.begin(window, chunk + 1);
        assertThat(next).isBetween(plan.begin(window, chunk), length);
      }
      assertThat(next).isEqualTo(plan.end(window));
    }
    assertThat(next).isEqualTo(length);
  }

  @Property(tries = 300, seed = "20261124")
  void allNodesTogetherSendWhatARingSends(
      @ForAll @IntRange(min = 1, max = 9) int numNodes,
      @ForAll @IntRange(max = 5000) int length,
      @ForAll @IntRange(min = 1, max = 700) int windowLength) {
    WindowPlan plan = new WindowPlan(numNodes, length, windowLength);
    long sent = 0;
    for (int node = 0; node < numNodes; node++) {
      sent += plan.numValuesSent(node);
    }
    assertThat(sent).isEqualTo(2L * (numNodes - 1) * length);
  }
}
