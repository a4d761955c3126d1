package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class StartGateTest {
  private static final int WORKERS = 6;

  @Test
  void nobodySleepsAnyMoreWhenTheFirstGoesOn() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      StartGate gate = new StartGate();
      gate.close(WORKERS);
      AtomicInteger opened = new AtomicInteger();
      Queue<String> sleepers = new ConcurrentLinkedQueue<>();
      Thread[] workers = new Thread[WORKERS];
      for (int worker = 0; worker < WORKERS; worker++) {
        int index = worker;
        workers[worker] =
            new Thread(
                () -> {
                  try {
                    gate.enter(index, Duration.ofSeconds(60), opened::incrementAndGet);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  for (int other = 0; other < WORKERS; other++) {
                    Thread.State state = workers[other].getState();
                    if (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING) {
                      sleepers.add(index + " went on while " + other + " slept");
                    }
                  }
                });
      }
      for (Thread worker : workers) {
        worker.start();
      }
      for (Thread worker : workers) {
        worker.join();
      }
      assertThat(sleepers).as("round %d", round).isEmpty();
      assertThat(opened).as("the gate opens once").hasValue(1);
    }
  }

  @Test
  void aGateThatOpenedLetsALateAttemptThroughAndClosesAgain() throws InterruptedException {
    StartGate gate = new StartGate();
    AtomicInteger opened = new AtomicInteger();
    for (int segment = 1; segment <= 2; segment++) {
      gate.close(1);
      gate.enter(0, Duration.ofSeconds(30), opened::incrementAndGet);
      gate.enter(0, Duration.ofSeconds(30), opened::incrementAndGet);
      assertThat(opened).hasValue(segment);
    }
  }

  @Test
  void theWaitIsBoundedAndNamesWhoIsMissing() {
    StartGate gate = new StartGate();
    gate.close(4);
    List<Thread> early =
        IntStream.of(0, 2)
            .mapToObj(
                worker ->
                    new Thread(
                        () ->
                            assertThatThrownBy(
                                () -> gate.enter(worker, Duration.ofSeconds(20), () -> {}))))
            .toList();
    early.forEach(Thread::start);
    await().until(() -> early.stream().allMatch(t -> t.getState() == Thread.State.TIMED_WAITING));
    assertThatThrownBy(() -> gate.enter(3, Duration.ofMillis(10), () -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("worker 3 waited 0 s for workers [1] to start");
    early.forEach(Thread::interrupt);
  }
}
