package dev.triptych.async.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ClockTablePropertyTest {

  @Property(tries = 300)
  void gapNeverExceedsTheBoundPlusOneWhenWorkersStartOnlyIfTheyMay(
      @ForAll @IntRange(min = 1, max = 6) int numWorkers,
      @ForAll @IntRange(min = 0, max = 4) int bound,
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 5) Integer> schedule) {
    ClockTable table = new ClockTable(numWorkers);
    Consistency ssp = Consistency.ssp(bound);
    boolean[] running = new boolean[numWorkers];
    for (int pick : schedule) {
      int worker = pick % numWorkers;
      if (running[worker]) {
        table.advance(worker);
        running[worker] = false;
      } else if (ssp.mayStart(table.clock(worker), table.min())) {
        running[worker] = true;
      }
      assertThat(table.gap()).isLessThanOrEqualTo(bound + 1L);
    }
  }

  @Property(tries = 300)
  void minAndSlowestAreThoseOfTheWorkersThatAreThere(
      @ForAll @IntRange(min = 1, max = 6) int numWorkers,
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 5) Integer> advances,
      @ForAll @IntRange(min = 0, max = 5) int gone) {
    ClockTable table = new ClockTable(numWorkers);
    long[] model = new long[numWorkers];
    for (int pick : advances) {
      table.advance(pick % numWorkers);
      model[pick % numWorkers]++;
    }
    int removed = gone % numWorkers;
    table.remove(removed);

    long min = Long.MAX_VALUE;
    for (int worker = 0; worker < numWorkers; worker++) {
      if (worker != removed) {
        min = Math.min(min, model[worker]);
      }
    }
    List<Integer> slowest = new ArrayList<>();
    for (int worker = 0; worker < numWorkers; worker++) {
      if (worker != removed && model[worker] == min) {
        slowest.add(worker);
      }
    }
    assertThat(table.min()).isEqualTo(min);
    assertThat(table.slowest()).isEqualTo(slowest);
    assertThat(table.clocks()).isEqualTo(model);
  }
}
