package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.transport.Address;
import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Server processes join a run and leave it, while four workers train. */
@Timeout(400)
class ElasticServersIT {
  private static final int WORKERS = 4;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Pattern LEFT = Pattern.compile("left with");
  private static final Objective LOGISTIC =
      new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);

  @TempDir Path folder;

  @Test
  void everyServerLeavesButTheOneThatJoinedAndNoPushIsLost() throws Exception {
    assertNothingIsLost(2, 4, Durability.none().withReplicas(2));
  }

  @Test
  void withoutReplicasTheShardsOfAServerThatLeavesMoveToTheOneThatJoined() throws Exception {
    assertNothingIsLost(1, 2, Durability.none());
  }

  /** A server joins; all that were there before leave, one after the other. */
  private void assertNothingIsLost(int numServers, int numShards, Durability durability)
      throws Exception {
    List<ExampleBlock> blocks = Problems.logistic(WORKERS, 200);
    RunSettings run = Problems.settings(WORKERS, 60, 10, 0.05, new Adam(0.9, 0.999));
    SlowUntilLoss loss = new SlowUntilLoss(folder.resolve("done"));
    List<ChildServer> servers = new ArrayList<>();
    try {
      for (int server = 0; server < numServers; server++) {
        servers.add(ChildServer.start(0));
      }
      List<ChildServer> leaving = List.copyOf(servers);
      Address spare = freeAddress();
      List<Runnable> inTheMiddle = new ArrayList<>();
      inTheMiddle.add(() -> servers.add(ChildServer.start(spare.port())));
      leaving.forEach(server -> inTheMiddle.add(() -> leave(server)));
      inTheMiddle.add(loss::hurry);
      Iterator<Runnable> next = inTheMiddle.iterator();
      AsyncRun.Outcome outcome =
          AsyncTrainer.run(
              new Objective(new LinearModel(loss, Problems.FEATURES, true), 1e-2),
              Problems.data(SparkSessions.local2Context(), blocks),
              AsyncSettings.standalone(
                      run, leaving.stream().map(ChildServer::address).toList(), Consistency.bsp())
                  .withServers(numShards)
                  .withSpares(List.of(spare))
                  .withDurability(durability),
              (epochs, of) -> {
                if (epochs > 0 && next.hasNext()) {
                  next.next().run();
                }
              });
      assertThat(next).as("all of it happened while the workers trained").isExhausted();
      assertThat(outcome.numMoves()).isGreaterThanOrEqualTo(numShards);
      assertThat(outcome.run().settings()).containsKey("shards-moved");
      assertThat(outcome.failovers()).as("nobody was lost").isEmpty();
      for (ShardStatus shard : outcome.shards()) {
        assertThat(shard.clocks())
            .as("every push that a worker was told is applied, applied once")
            .containsExactly(outcome.acknowledged());
      }
      assertThat(outcome.run().weights())
          .as("seed %d: as if nothing had happened", Problems.SEED)
          .containsExactly(
              Problems.serial(LOGISTIC, blocks, run, outcome.run().updates()), within(1e-12));
    } finally {
      servers.forEach(ChildServer::close);
    }
  }

  private static void leave(ChildServer server) {
    server.process().terminate();
    server.process().awaitOutput(LEFT, LONG);
    assertThat(server.process().output()).contains("left with 0 shards");
  }

  private static Address freeAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return new Address("127.0.0.1", socket.getLocalPort());
    }
  }
}
