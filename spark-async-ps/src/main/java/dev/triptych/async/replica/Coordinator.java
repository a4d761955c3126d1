package dev.triptych.async.replica;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The driver's part of replication: who is primary of which shard. It alone changes epochs. It
 * promotes the backup of a lost primary, lets a primary go on alone whose backup is lost, gives it
 * a new one on another server if there is one, and moves shards away from servers that leave and
 * onto servers that join. One change per shard at a time.
 *
 * <p>Events in; {@link #tick} answers with commands. A command that is not confirmed is given again
 * at the next tick; servers carry out each epoch once. Not thread-safe.
 */
public final class Coordinator {
  /** Where a shard is taken from. */
  public record Place(String primary, @Nullable String backup, long epoch) {}

  /** A primary that was lost and replaced. */
  public record Failover(int shard, String lost, String promoted, long nanos) {}

  private final int replicas;
  private final long maxSilenceNanos;
  private final long maxRefusedNanos;
  private final Map<String, Server> servers = new LinkedHashMap<>();
  private final List<ShardState> shards = new ArrayList<>();
  private final List<Failover> failovers = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private int numMoves;

  /**
   * @param primaries by shard; each has the shard at epoch 0, or is promoted at epoch 1
   * @param replicas 1 or 2 in all
   * @param maxSilenceNanos a server that has not answered for longer is lost
   * @param maxRefusedNanos a server that refuses connections for longer is lost
   */
  public Coordinator(
      List<String> primaries, int replicas, long maxSilenceNanos, long maxRefusedNanos, long now) {
    this.replicas = replicas;
    this.maxSilenceNanos = maxSilenceNanos;
    this.maxRefusedNanos = maxRefusedNanos;
    for (String primary : primaries) {
      join(primary, now);
      shards.add(new ShardState(shards.size(), primary));
    }
  }

  /** A server is there; known ones stay as they are. */
  public void join(String server, long now) {
    Server known = servers.get(server);
    if (known == null || known.lost) {
      servers.put(server, new Server(now));
    }
  }

  /**
   * A server will go, or stays after all: what it has of a run that is leaving moves elsewhere, a
   * backup that nobody else can take is given up, and nothing new is put there.
   */
  public void leave(String server, boolean leaving) {
    Server known = servers.get(server);
    if (known != null) {
      known.leaving = leaving;
    }
  }

  /**
   * Whether the run could do without a server's replica of a shard: there is, or will be, another
   * one.
   */
  public boolean isReplaceable(int shardIndex, String server) {
    ShardState shard = shards.get(shardIndex);
    if (!server.equals(shard.primary)) {
      return true;
    }
    boolean hasBackup = shard.backup != null && !isLost(shard.backup) && !isLeaving(shard.backup);
    return hasBackup || shard.candidate != null || target(shard, server) != null;
  }

  /** A server is gone, whatever it answers. */
  public void lose(String server) {
    Server known = servers.get(server);
    if (known != null && !known.lost) {
      known.lost = true;
      known.lostAt = known.lastAnswer;
    }
  }

  /** A server has answered anything. */
  public void answered(String server, long now) {
    Server known = servers.get(server);
    if (known != null) {
      known.lastAnswer = now;
      known.refusedSince = null;
    }
  }

  /** No connection to a server could be made, or it broke. */
  public void refused(String server, long now) {
    Server known = servers.get(server);
    if (known != null && known.refusedSince == null) {
      known.refusedSince = now;
    }
  }

  /** A server has carried out a command. */
  public void done(Command command, long now) {
    if (command.kind() == Command.Kind.RETIRE) {
      Server server = servers.get(command.server());
      if (server != null) {
        server.toForget.remove(command.shard(), command.epoch());
      }
      return;
    }
    ShardState shard = shards.get(command.shard());
    if (!command.equals(shard.command)) {
      return;
    }
    shard.command = null;
    switch (command.kind()) {
      case PROMOTE -> promoted(shard, command.server(), now);
      case FOLLOW -> {}
      case UNFOLLOW -> forget(command.other(), shard.index);
      case RETIRE -> {}
    }
  }

  /**
   * The primary reports that a follower has everything that was acknowledged.
   *
   * @param epoch of the primary when it reported
   */
  public void inSync(int shardIndex, String primary, long epoch, String follower) {
    ShardState shard = shards.get(shardIndex);
    if (shard.primary.equals(primary)
        && shard.epoch == epoch
        && follower.equals(shard.candidate)
        && shard.command == null) {
      if (shard.moving) {
        // The move is completed by promoting the candidate; a second backup waits until then.
        shard.candidateInSync = true;
      } else {
        shard.replaced = shard.backup;
        shard.backup = follower;
        shard.candidate = null;
      }
    }
  }

  /** A server answers, but does not have (any more) the shard that it should have. */
  public void missing(int shardIndex, String server) {
    ShardState shard = shards.get(shardIndex);
    if (server.equals(shard.primary) || server.equals(shard.backup)) {
      shard.gone |= server.equals(shard.primary);
      lose(server);
    }
  }

  /**
   * A server says that it was replaced as primary: by one that seemed lost while it took over. That
   * one is the primary now, if it comes back.
   */
  public void deposed(int shardIndex, String server) {
    ShardState shard = shards.get(shardIndex);
    boolean promoting = shard.command != null && shard.command.kind() == Command.Kind.PROMOTE;
    if (server.equals(shard.primary) && !promoting) {
      String abandoned = shard.abandoned;
      if (abandoned == null) {
        fail(shard);
      } else {
        shard.command = null;
        replacePrimary(shard, abandoned);
      }
    }
  }

  /** What has to be done now. */
  public List<Command> tick(long now) {
    for (Server server : servers.values()) {
      if (!server.lost
          && (now - server.lastAnswer > maxSilenceNanos
              || (server.refusedSince != null && now - server.refusedSince > maxRefusedNanos))) {
        server.lost = true;
        server.lostAt = now;
      }
    }
    List<Command> commands = new ArrayList<>();
    for (ShardState shard : shards) {
      decide(shard, now);
      if (shard.command != null) {
        commands.add(shard.command);
      }
    }
    servers.forEach(
        (name, server) -> {
          if (!server.lost) {
            server.toForget.forEach(
                (shard, epoch) ->
                    commands.add(new Command(Command.Kind.RETIRE, shard, epoch, name, "")));
          }
        });
    return commands;
  }

  /** Where every shard is now. */
  public List<Place> places() {
    return shards.stream()
        .map(shard -> new Place(shard.primary, shard.backup, shard.epoch))
        .toList();
  }

  /** The names of all servers that are there and may have something of the run. */
  public List<String> liveServers() {
    List<String> live = new ArrayList<>();
    servers.forEach(
        (name, server) -> {
          boolean left = server.leaving && server.toForget.isEmpty() && load(name) == 0;
          if (!server.lost && !left) {
            live.add(name);
          }
        });
    return live;
  }

  /** Whether every shard has the replicas that it should have, as far as there are servers. */
  public boolean isSettled() {
    for (ShardState shard : shards) {
      boolean wantsBackup =
          replicas > 1 && shard.backup == null && target(shard, shard.primary) != null;
      if (shard.command != null
          || shard.candidate != null
          || shard.replaced != null
          || wantsBackup) {
        return false;
      }
    }
    return true;
  }

  /** Primaries lost and replaced so far. */
  public List<Failover> failovers() {
    return List.copyOf(failovers);
  }

  /** Shards that have moved by plan. */
  public int numMoves() {
    return numMoves;
  }

  /** One line for each shard that is lost for good; empty while the run can go on. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  private void decide(ShardState shard, long now) {
    Command given = shard.command;
    if (isLost(shard.primary)) {
      if (given != null && given.kind() == Command.Kind.PROMOTE && !isLost(given.server())) {
        return;
      }
      String heir = shard.backup;
      if (shard.candidateInSync && shard.candidate != null && !isLost(shard.candidate)) {
        heir = shard.candidate;
      }
      if (heir == null || isLost(heir)) {
        // A server that was only slow may come back, since nobody has replaced it.
        if (shard.gone || now - lostAt(shard.primary) > maxRefusedNanos) {
          fail(shard);
        }
      } else {
        give(shard, Command.Kind.PROMOTE, heir, "");
      }
    } else if (given != null && given.kind() == Command.Kind.PROMOTE) {
      if (isLost(given.server())) {
        // It may have taken over before it was lost; then the old primary will say so.
        shard.abandoned = given.server();
        shard.command = null;
      }
    } else if (given != null && !(given.kind() == Command.Kind.FOLLOW && isLost(given.other()))) {
      return;
    } else if (shard.backup != null && isLost(shard.backup)) {
      String lost = shard.backup;
      shard.backup = null;
      give(shard, Command.Kind.UNFOLLOW, shard.primary, lost);
    } else if (shard.replaced != null) {
      String replaced = shard.replaced;
      shard.replaced = null;
      give(shard, Command.Kind.UNFOLLOW, shard.primary, replaced);
    } else if (shard.candidate != null && (isLost(shard.candidate) || isLeaving(shard.candidate))) {
      // One that leaves takes no state any more.
      String unfit = shard.candidate;
      shard.candidate = null;
      shard.candidateInSync = false;
      shard.moving = false;
      give(shard, Command.Kind.UNFOLLOW, shard.primary, unfit);
    } else if (shard.candidateInSync && shard.candidate != null) {
      give(shard, Command.Kind.PROMOTE, shard.candidate, "");
    } else if (shard.candidate == null) {
      arrange(shard);
    }
  }

  private void fail(ShardState shard) {
    shard.command = null;
    if (!shard.failed) {
      shard.failed = true;
      failures.add(
          "parameter server %s is lost, and with it shard %d%s"
              .formatted(
                  shard.primary,
                  shard.index,
                  replicas > 1 ? ", whose backup is lost too or was not ready" : ""));
    }
  }

  /** Nothing is lost and nothing under way: what would be better? */
  private void arrange(ShardState shard) {
    if (isLeaving(shard.primary) && shard.backup != null && !isLeaving(shard.backup)) {
      give(shard, Command.Kind.PROMOTE, shard.backup, "");
    } else if (isLeaving(shard.primary) || isCrowded(shard)) {
      String target = target(shard, shard.primary);
      if (target != null) {
        shard.moving = true;
        shard.candidate = target;
        give(shard, Command.Kind.FOLLOW, shard.primary, target);
      }
    } else if (replicas > 1 && shard.backup == null) {
      String target = target(shard, shard.primary);
      if (target != null) {
        shard.candidate = target;
        give(shard, Command.Kind.FOLLOW, shard.primary, target);
      }
    } else if (shard.backup != null && isLeaving(shard.backup)) {
      String target = target(shard, shard.primary);
      if (target != null) {
        // The old backup is given up when the new one is in sync.
        shard.candidate = target;
        give(shard, Command.Kind.FOLLOW, shard.primary, target);
      } else if (!isAnyoneElse(shard)) {
        String leaving = shard.backup;
        shard.backup = null;
        give(shard, Command.Kind.UNFOLLOW, shard.primary, leaving);
      }
    }
  }

  private void promoted(ShardState shard, String server, long now) {
    if (shard.silentSince != null) {
      failovers.add(new Failover(shard.index, shard.primary, server, now - shard.silentSince));
    } else {
      numMoves++;
    }
    replacePrimary(shard, server);
  }

  /** Whoever else had something of the shard has to forget it. */
  private void replacePrimary(ShardState shard, String server) {
    forget(shard.primary, shard.index);
    if (shard.replaced != null) {
      forget(shard.replaced, shard.index);
    }
    if (shard.backup != null && !shard.backup.equals(server)) {
      forget(shard.backup, shard.index);
    }
    if (shard.candidate != null && !shard.candidate.equals(server)) {
      forget(shard.candidate, shard.index);
    }
    shard.primary = server;
    shard.gone = false;
    shard.abandoned = null;
    shard.replaced = null;
    shard.backup = null;
    shard.candidate = null;
    shard.candidateInSync = false;
    shard.moving = false;
  }

  private void forget(String server, int shard) {
    Server known = servers.get(server);
    if (known != null) {
      known.toForget.put(shard, shards.get(shard).epoch);
    }
  }

  private void give(ShardState shard, Command.Kind kind, String server, String other) {
    Server primary = servers.get(shard.primary);
    shard.silentSince = primary != null && primary.lost ? primary.lastAnswer : null;
    if (kind == Command.Kind.FOLLOW) {
      Server target = servers.get(other);
      if (target != null) {
        target.toForget.remove(shard.index);
      }
    }
    shard.epoch++;
    shard.command = new Command(kind, shard.index, shard.epoch, server, other);
  }

  private boolean isLost(String server) {
    Server known = servers.get(server);
    return known == null || known.lost;
  }

  private long lostAt(String server) {
    Server known = servers.get(server);
    return known == null ? Long.MIN_VALUE / 2 : known.lostAt;
  }

  private boolean isLeaving(String server) {
    Server known = servers.get(server);
    return known != null && known.leaving;
  }

  /** Whether moving this shard's primary evens out the numbers of primaries by two or more. */
  private boolean isCrowded(ShardState shard) {
    String target = target(shard, shard.primary);
    return target != null && primaries(shard.primary) - primaries(target) >= 2;
  }

  /**
   * The live server with the fewest replicas that has none of this shard and is not {@code not}.
   */
  private @Nullable String target(ShardState shard, String not) {
    String best = null;
    for (Map.Entry<String, Server> entry : servers.entrySet()) {
      String name = entry.getKey();
      Server server = entry.getValue();
      boolean free =
          !server.lost
              && !server.leaving
              && server.refusedSince == null
              && !name.equals(not)
              && !name.equals(shard.primary)
              && !name.equals(shard.backup)
              && !name.equals(shard.candidate);
      if (free && (best == null || load(name) < load(best))) {
        best = name;
      }
    }
    return best;
  }

  /** Whether another server is there and stays, though perhaps its connection has just broken. */
  private boolean isAnyoneElse(ShardState shard) {
    for (Map.Entry<String, Server> entry : servers.entrySet()) {
      String name = entry.getKey();
      Server server = entry.getValue();
      if (!server.lost
          && !server.leaving
          && !name.equals(shard.primary)
          && !name.equals(shard.backup)) {
        return true;
      }
    }
    return false;
  }

  private int primaries(String server) {
    int count = 0;
    for (ShardState shard : shards) {
      if (shard.primary.equals(server) || (shard.moving && server.equals(shard.candidate))) {
        count++;
      }
      if (shard.primary.equals(server) && shard.moving) {
        count--;
      }
    }
    return count;
  }

  private int load(String server) {
    int count = 0;
    for (ShardState shard : shards) {
      if (server.equals(shard.backup) || server.equals(shard.candidate)) {
        count++;
      }
    }
    return count + 2 * primaries(server);
  }

  private static final class Server {
    // by shard: replicas of this or an older epoch are not needed any more
    final Map<Integer, Long> toForget = new LinkedHashMap<>();
    long lastAnswer;
    @Nullable Long refusedSince;
    boolean leaving;
    boolean lost;
    long lostAt;

    Server(long now) {
      lastAnswer = now;
    }
  }

  private static final class ShardState {
    final int index;
    String primary;
    @Nullable String backup;
    @Nullable String candidate;
    // the backup before, still a follower
    @Nullable String replaced;
    boolean candidateInSync;
    boolean moving;
    boolean failed;
    // the primary lives, but has lost the shard
    boolean gone;
    // when the lost primary that is being replaced last answered; null in a planned move
    @Nullable Long silentSince;
    // a server whose promotion was given up because it was lost
    @Nullable String abandoned;
    long epoch = 1;
    @Nullable Command command;

    ShardState(int index, String primary) {
      this.index = index;
      this.primary = primary;
    }
  }
}
