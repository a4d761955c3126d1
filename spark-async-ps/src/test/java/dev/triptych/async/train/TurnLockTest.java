package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnLockTest {
  @Test
  void whoWaitsIsOvertakenEightTimesAtMost() throws InterruptedException {
    TurnLock lock = new TurnLock();
    TurnLock.Entry holder = lock.entry();
    TurnLock.Entry waiter = lock.entry();
    holder.acquire();
    CompletableFuture<Void> turn =
        CompletableFuture.runAsync(
            () -> {
              try {
                waiter.acquire();
                waiter.release();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    await().atMost(Duration.ofSeconds(30)).until(lock::isCrowded);
    int overtakes = 0;
    while (lock.isCrowded()) {
      holder.release();
      holder.acquire();
      overtakes++;
    }
    holder.release();
    turn.join();
    assertThat(overtakes).isBetween(1, TurnLock.MOST_OVERTAKES + 1);
  }

  @Test
  void whoeverIsAloneTakesTheLockAsOftenAsItLikes() throws InterruptedException {
    TurnLock.Entry alone = new TurnLock().entry();
    for (int turn = 0; turn < 100; turn++) {
      assertThat(alone.acquire()).isZero();
      alone.release();
    }
  }
}
