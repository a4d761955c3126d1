package dev.triptych.async.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.ledger.PushLedger.Verdict;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PushLedgerPropertyTest {

  /** Deliveries are repeated, reordered and come from zombies; the sender repeats what is lost. */
  @Property(tries = 500)
  void everySequenceIsAppliedExactlyOnceAndInOrder(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int numWorkers) {
    SplittableRandom random = new SplittableRandom(seed);
    PushLedger ledger = new PushLedger(numWorkers);
    long[] attempts = new long[numWorkers];
    long[] applied = new long[numWorkers];
    for (int worker = 0; worker < numWorkers; worker++) {
      ledger.enter(worker, 0);
    }
    for (int event = 0; event < 300; event++) {
      int worker = random.nextInt(numWorkers);
      if (random.nextInt(20) == 0) {
        attempts[worker]++;
        assertThat(ledger.enter(worker, attempts[worker])).isTrue();
        assertThat(ledger.nextSequence(worker)).isEqualTo(applied[worker]);
      }
      long attempt = attempts[worker] - (random.nextInt(4) == 0 ? random.nextInt(3) : 0);
      long sequence = Math.max(0, applied[worker] + random.nextInt(-3, 3));
      Verdict verdict = ledger.admit(worker, attempt, sequence);
      if (attempt < attempts[worker]) {
        assertThat(verdict).isEqualTo(Verdict.FENCED);
      } else if (sequence < applied[worker]) {
        assertThat(verdict).isEqualTo(Verdict.DUPLICATE);
      } else if (sequence > applied[worker]) {
        assertThat(verdict).isEqualTo(Verdict.GAP);
      } else {
        assertThat(verdict).isEqualTo(Verdict.APPLY);
        applied[worker]++;
      }
      assertThat(ledger.nextSequence(worker)).isEqualTo(applied[worker]);
    }
    assertThat(Arrays.stream(applied).sum()).isPositive();
  }
}
