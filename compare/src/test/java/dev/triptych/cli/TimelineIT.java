package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the timeline says of four workers, one of which is ten times slower: who waits for it does
 * nothing for 1 − 1/10 of the time that is not communication.
 */
@Timeout(300)
class TimelineIT {
  private static final int SLOW = 3;

  @TempDir Path folder;

  @Test
  void whoWaitsForTheSlowWorkerAndWhoDoesNotIsSeenInEveryMode() throws IOException {
    Path out = folder.resolve("tree");
    train(out, "sync,async,gossip", "--topology", "complete");
    assertThat(idleShare(CommandLineRun.run(out, "sync"))).isBetween(0.8, 0.95);
    assertThat(idleShare(CommandLineRun.run(out, "gossip"))).isBetween(0.8, 0.95);
    // Asynchronous workers wait for nobody, but once: up to 50 ms for the last gradient of the slow
    // one, at the end of 80 steps · 5 ms / 3.1 workers = 130 ms: at most .28, and the rest is
    // noise.
    assertThat(idleShare(CommandLineRun.run(out, "async"))).isBetween(0.0, 0.4);
    Path collective = folder.resolve("collective");
    train(collective, "sync,async", "--aggregation", "all-reduce", "--consistency", "bsp");
    assertThat(idleShare(CommandLineRun.run(collective, "sync"))).isBetween(0.8, 0.95);
    assertThat(idleShare(CommandLineRun.run(collective, "async"))).isBetween(0.8, 0.95);
  }

  private static void train(Path out, String modes, String... more) {
    CommandLineRun run =
        CommandLineRun.of(
            new String[] {
              "compare",
              "--data",
              "synthetic:clicklog,rows=2000,features=200,nonzeros=10,seed=5",
              "--modes",
              modes,
              "--workers",
              "4",
              "--batch",
              "25",
              "--epochs",
              "1",
              "--compute-delay",
              "5ms",
              "--slow-worker",
              SLOW + ":10x",
              "--no-control",
              "--master",
              "local[4]",
              "--no-weights",
              "--out",
              out.toString()
            },
            more);
    assertThat(run.status()).as(run.err()).isZero();
  }

  /** waiting / (waiting + computing) of the fast workers; every worker's time is checked too. */
  private static double idleShare(JsonNode run) {
    double trainSeconds = run.get("trainSeconds").asDouble();
    double waiting = 0;
    double computing = 0;
    assertThat(run.get("timeline").get("workers")).hasSize(4);
    for (JsonNode worker : run.get("timeline").get("workers")) {
      JsonNode totals = worker.get("totals");
      assertThat(
              totals.get("computing").asDouble()
                  + totals.get("communicating").asDouble()
                  + totals.get("waiting").asDouble())
          .as("%s, worker %s", run.get("mode"), worker.get("worker"))
          .isCloseTo(trainSeconds, within(0.05 + 0.02 * trainSeconds));
      assertThat(worker.get("spans").size()).isBetween(3, 200);
      if (worker.get("worker").asInt() != SLOW) {
        waiting += totals.get("waiting").asDouble();
        computing += totals.get("computing").asDouble();
      } else {
        assertThat(totals.get("computing").asDouble()).isGreaterThan(0.6 * trainSeconds);
      }
    }
    return waiting / (waiting + computing);
  }
}
