package dev.triptych.simulation.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.simulation.replication.ReplicatedCluster.Hosted;
import dev.triptych.simulation.replication.ReplicatedCluster.Node;
import dev.triptych.simulation.replication.ReplicatedCluster.Worker;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Primaries, backups and the coordinator under losses of messages and servers. */
class ReplicationPropertyTest {
  private static final long BUDGET = 240;

  @Property(tries = 250)
  void noAcknowledgedPushIsLostWhenServersAreKilledHangOrComeBack(@ForAll long seed) {
    ReplicatedCluster cluster = new ReplicatedCluster(seed, 3, 3, 2, 2, BUDGET);
    cluster.lossRate = cluster.random.nextInt(3) * 0.03;
    disturb(cluster);
    cluster.begin();
    boolean done = cluster.runUntilDone(400_000);
    assertThat(cluster.coordinator.failures()).as("seed %d", seed).isEmpty();
    assertThat(done).as("seed %d: everybody comes to the end", seed).isTrue();
    assertNothingLost(cluster, seed);
  }

  @Property(tries = 300)
  void neitherWhenOthersLeaveMeanwhileAndComeBack(@ForAll long seed) {
    ReplicatedCluster cluster = new ReplicatedCluster(seed, 4, 3, 3, 2, BUDGET);
    cluster.lossRate = cluster.random.nextInt(3) * 0.03;
    disturb(cluster);
    leaveAndComeBack(cluster);
    cluster.begin();
    boolean done = cluster.runUntilDone(400_000);
    assertThat(cluster.coordinator.failures()).as("seed %d", seed).isEmpty();
    assertThat(done).as("seed %d: everybody comes to the end: %s", seed, cluster).isTrue();
    assertNothingLost(cluster, seed);
  }

  /** A server that left before it had the state it was to follow with; one that was deposed. */
  @Example
  void neitherWithSeedsThatOnceFailed() {
    neitherWhenOthersLeaveMeanwhileAndComeBack(7875);
    neitherWhenOthersLeaveMeanwhileAndComeBack(6847);
  }

  @Property(tries = 200)
  void shardsMoveToServersThatJoinAndAwayFromThoseThatLeave(@ForAll long seed) {
    int replicas = 1 + (int) (seed & 1);
    ReplicatedCluster cluster = new ReplicatedCluster(seed, 2, 2, 4, replicas, BUDGET);
    cluster.lossRate = cluster.random.nextInt(3) * 0.03;
    cluster.after(
        cluster.random.nextInt(20, 600),
        () -> {
          cluster.start("s2");
          cluster.start("s3");
        });
    cluster.after(1200, () -> cluster.leave("s0"));
    cluster.begin();
    boolean done = cluster.runUntilDone(400_000);
    assertThat(cluster.coordinator.failures()).as("seed %d", seed).isEmpty();
    assertThat(done).as("seed %d: everybody comes to the end", seed).isTrue();
    assertThat(cluster.coordinator.numMoves()).as("seed %d", seed).isPositive();
    if (cluster.time.now() > 10_000) {
      assertThat(cluster.coordinator.places()).noneMatch(place -> place.primary().equals("s0"));
      assertThat(cluster.nodes.get("s0").alive).as("seed %d: it could end", seed).isFalse();
    }
    assertThat(cluster.coordinator.failovers()).as("seed %d: nobody was lost", seed).isEmpty();
    assertNothingLost(cluster, seed);
  }

  @Property(tries = 100)
  void aServerThatLeavesMayEndAlsoWhenNobodyCanTakeItsBackups(@ForAll long seed) {
    ReplicatedCluster cluster = new ReplicatedCluster(seed, 2, 2, 2, 2, BUDGET);
    cluster.lossRate = cluster.random.nextInt(3) * 0.03;
    cluster.after(cluster.random.nextInt(20, 1200), () -> cluster.leave("s0"));
    cluster.begin();
    boolean done = cluster.runUntil(400_000, () -> !cluster.nodes.get("s0").alive);
    assertThat(done).as("seed %d: it comes to its end", seed).isTrue();
    assertThat(cluster.runUntilDone(400_000)).as("seed %d: so does the run", seed).isTrue();
    assertThat(cluster.coordinator.failovers()).as("seed %d: nobody was lost", seed).isEmpty();
    assertThat(cluster.coordinator.places())
        .as("seed %d", seed)
        .allMatch(place -> place.primary().equals("s1") && place.backup() == null);
    assertNothingLost(cluster, seed);
  }

  @Property(tries = 50)
  void withoutABackupTheLossOfAServerIsSaidInOneLineThatNamesIt(@ForAll long seed) {
    ReplicatedCluster cluster = new ReplicatedCluster(seed, 2, 2, 2, 1, BUDGET);
    cluster.after(cluster.random.nextInt(20, 300), () -> cluster.kill("s1"));
    cluster.begin();
    assertThat(cluster.runUntilDone(9_000)).isFalse();
    assertThat(cluster.coordinator.failures())
        .as("seed %d", seed)
        .containsExactly("parameter server s1 is lost, and with it shard 1");
  }

  /**
   * One server at a time, and only when every shard has its backup and will keep one when those
   * that leave have left.
   */
  private static void disturb(ReplicatedCluster cluster) {
    cluster.after(
        cluster.random.nextInt(20, 400),
        () -> {
          List<Node> live = new ArrayList<>();
          cluster.nodes.values().stream().filter(node -> node.alive).forEach(live::add);
          long staying = live.stream().filter(node -> !node.leaving).count();
          if (cluster.isSafe() && (staying == live.size() || staying > 2)) {
            Node node = live.get(cluster.random.nextInt(live.size()));
            if (cluster.random.nextInt(3) == 0) {
              cluster.hang(node.name, cluster.random.nextInt(500, 3000));
            } else {
              cluster.kill(node.name);
              cluster.after(
                  cluster.random.nextInt(10, 2000), () -> startIfGone(cluster, node.name));
            }
          }
          disturb(cluster);
        });
  }

  /** One server after the other leaves; when it has ended, a new one is at its address. */
  private static void leaveAndComeBack(ReplicatedCluster cluster) {
    cluster.after(
        cluster.random.nextInt(20, 500),
        () -> {
          List<Node> nodes = List.copyOf(cluster.nodes.values());
          boolean enough = nodes.stream().filter(node -> node.alive).count() > 2;
          if (cluster.isSafe() && enough && nodes.stream().noneMatch(node -> node.leaving)) {
            cluster.leave(nodes.get(cluster.random.nextInt(nodes.size())).name);
          }
          for (Node node : nodes) {
            if (node.leaving) {
              startIfGone(cluster, node.name);
            }
          }
          if (cluster.time.now() < 100_000) {
            leaveAndComeBack(cluster);
          }
        });
  }

  private static void startIfGone(ReplicatedCluster cluster, String server) {
    if (!cluster.nodes.get(server).alive) {
      cluster.start(server);
    }
  }

  private static void assertNothingLost(ReplicatedCluster cluster, long seed) {
    for (int shard = 0; shard < cluster.numShards; shard++) {
      Hosted primary = cluster.primaryOf(shard);
      long[] sequences = primary.machine.nextSequences();
      long applied = 0;
      for (Worker worker : cluster.workers) {
        assertThat(sequences[worker.index])
            .as("seed %d: pushes of worker %d at shard %d", seed, worker.index, shard)
            .isEqualTo(worker.acknowledged[shard]);
        applied += sequences[worker.index];
      }
      assertThat(primary.machine.status().staleness().total())
          .as("seed %d", seed)
          .isBetween(applied - cluster.numWorkers, applied);
      String backup = cluster.coordinator.places().get(shard).backup();
      if (backup != null) {
        Hosted follower = cluster.nodes.get(backup).shards.get(shard);
        if (follower != null && follower.replica.nextIndex() == primary.replica.nextIndex()) {
          assertThat(ReplicatedCluster.bytes(follower.machine))
              .as("seed %d: the backup's state", seed)
              .isEqualTo(ReplicatedCluster.bytes(primary.machine));
        }
      }
    }
  }
}
