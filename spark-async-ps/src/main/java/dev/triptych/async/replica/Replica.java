package dev.triptych.async.replica;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One server's replica of one shard: primary or backup. State machine replication (Schneider,
 * 1990): the shard's machine is deterministic, so a backup is the same machine fed the same events
 * in the same order.
 *
 * <p>The primary numbers its events, keeps those that a follower still lacks, and withholds every
 * reply until all followers that count have acknowledged everything before it. So what a worker has
 * been told survives the primary. Only the coordinator changes roles, each time with a larger
 * epoch; a backup refuses events of an older epoch, and a primary that is refused has been deposed:
 * it can never acknowledge anything again.
 *
 * <p>A new follower counts as soon as it has the state: from then on replies wait for it, and once
 * it has everything up to that moment it is in sync and may be promoted.
 *
 * <p>Not thread-safe.
 *
 * @param <P> an event as it came in
 * @param <T> names the party that a reply goes to
 * @param <R> a reply, ready to send
 */
public final class Replica<P, T, R> {
  /** What a replica is to its shard. */
  public enum Role {
    /** Takes requests. */
    PRIMARY,
    /** Takes the primary's events. */
    BACKUP,
    /** Was primary; answers nobody. */
    DEPOSED
  }

  /** An event of the log. */
  public record Entry<P>(long index, long now, P event) {}

  /** A reply that may go out now. */
  public record Released<T, R>(T to, R reply) {}

  private final ArrayDeque<Entry<P>> log = new ArrayDeque<>();
  private final ArrayDeque<Withheld<T, R>> withheld = new ArrayDeque<>();
  private final Map<String, Follower> followers = new LinkedHashMap<>();
  private Role role;
  private long epoch;
  private long nextIndex;

  private Replica(Role role, long epoch, long nextIndex) {
    this.role = role;
    this.epoch = epoch;
    this.nextIndex = nextIndex;
  }

  /** The first replica of a shard, without followers, at epoch 0. */
  public static <P, T, R> Replica<P, T, R> primary() {
    return new Replica<>(Role.PRIMARY, 0, 0);
  }

  /** A backup whose machine has taken the events before {@code nextIndex}. */
  public static <P, T, R> Replica<P, T, R> backup(long epoch, long nextIndex) {
    return new Replica<>(Role.BACKUP, epoch, nextIndex);
  }

  public Role role() {
    return role;
  }

  /** Of the last change by the coordinator that is known here. */
  public long epoch() {
    return epoch;
  }

  /** Number of events that the machine has taken. */
  public long nextIndex() {
    return nextIndex;
  }

  /** Replies that wait for followers. */
  public int numWithheld() {
    return withheld.size();
  }

  // --- The primary ---

  /** The primary's machine is about to take an event; replies that follow belong to it. */
  public void append(P event, long now) {
    if (!followers.isEmpty()) {
      log.add(new Entry<>(nextIndex, now, event));
    }
    nextIndex++;
  }

  /**
   * A reply of the last event.
   *
   * @return whether it may go out at once; else it comes back from {@link #acknowledged} or {@link
   *     #unfollow}, or its party from {@link #refused}
   */
  public boolean mayReply(T to, R reply) {
    if (withheld.isEmpty() && acknowledgedByAll() >= nextIndex) {
      return true;
    }
    withheld.add(new Withheld<>(nextIndex, to, reply));
    return false;
  }

  /**
   * The coordinator wants a server to get the state as of now and all events from here on.
   *
   * @return whether the state has to be sent; false for a command that was carried out before
   */
  public boolean follow(long newEpoch, String server) {
    if (role != Role.PRIMARY || newEpoch <= epoch) {
      return false;
    }
    epoch = newEpoch;
    followers.put(server, new Follower(nextIndex, newEpoch));
    return true;
  }

  /** The server has the state that {@link #follow} of this epoch began with. */
  public void installed(String server, long followEpoch) {
    Follower follower = followers.get(server);
    if (follower != null && follower.followEpoch == followEpoch && !follower.counts) {
      follower.counts = true;
      follower.inSyncFrom = nextIndex;
    }
  }

  /**
   * The coordinator has given up a follower: nobody waits for it any more.
   *
   * @return the replies that may go out now
   */
  public List<Released<T, R>> unfollow(long newEpoch, String server) {
    if (role != Role.PRIMARY || newEpoch <= epoch) {
      return List.of();
    }
    epoch = newEpoch;
    followers.remove(server);
    return release();
  }

  /** The names of all followers. */
  public List<String> followers() {
    return List.copyOf(followers.keySet());
  }

  /** Whether a follower may be promoted: it has everything that was ever acknowledged. */
  public boolean isInSync(String server) {
    Follower follower = followers.get(server);
    return follower != null && follower.counts && follower.acknowledged >= follower.inSyncFrom;
  }

  /** Events that have not been sent to a follower yet; they count as sent from now on. */
  public List<Entry<P>> toSend(String server, int most) {
    Follower follower = followers.get(server);
    if (follower == null || !follower.counts || follower.sent >= nextIndex) {
      return List.of();
    }
    List<Entry<P>> entries = new ArrayList<>();
    for (Entry<P> entry : log) {
      if (entry.index() >= follower.sent && entries.size() < most) {
        entries.add(entry);
      }
    }
    follower.sent += entries.size();
    return entries;
  }

  /** What was sent may be lost: it is sent again from the last acknowledgement. */
  public void sendAgain(String server) {
    Follower follower = followers.get(server);
    if (follower != null) {
      follower.sent = follower.acknowledged;
    }
  }

  /**
   * A follower has every event before {@code next}.
   *
   * @param sentUpTo end of the batch that it answers; sent again if some of it was not taken
   * @return the replies that may go out now, in the order in which they were given
   */
  public List<Released<T, R>> acknowledged(String server, long next, long sentUpTo) {
    Follower follower = followers.get(server);
    if (follower == null || role != Role.PRIMARY) {
      return List.of();
    }
    follower.acknowledged = Math.max(follower.acknowledged, Math.min(next, nextIndex));
    follower.sent =
        next < sentUpTo ? follower.acknowledged : Math.max(follower.sent, follower.acknowledged);
    return release();
  }

  /**
   * A server did not take events. If it is of a newer epoch, this is no primary any more; else it
   * answers an old message.
   *
   * @return who waits for a reply and must ask the new primary now
   */
  public List<T> refused(long otherEpoch) {
    List<T> waiting = new ArrayList<>();
    if (role != Role.PRIMARY || otherEpoch <= epoch) {
      return waiting;
    }
    role = Role.DEPOSED;
    for (Withheld<T, R> reply : withheld) {
      waiting.add(reply.to());
    }
    withheld.clear();
    followers.clear();
    log.clear();
    return waiting;
  }

  // --- The backup ---

  /**
   * Events of a primary come in.
   *
   * @return those that the machine has to take now, each announced by {@link #taken}; null if the
   *     sender is no primary any more
   */
  public @Nullable List<Entry<P>> offered(long primaryEpoch, List<Entry<P>> entries) {
    if (role != Role.BACKUP || primaryEpoch < epoch) {
      return null;
    }
    epoch = primaryEpoch;
    List<Entry<P>> fresh = new ArrayList<>();
    for (Entry<P> entry : entries) {
      if (entry.index() == nextIndex + fresh.size()) {
        fresh.add(entry);
      }
    }
    return fresh;
  }

  /** The backup's machine takes the next event. */
  public void taken() {
    nextIndex++;
  }

  /**
   * The coordinator makes this backup the primary, or repeats it with a newer epoch, because it
   * took this server for lost before it had heard that it is the primary already.
   *
   * @return whether it is primary of that epoch now
   */
  public boolean promote(long newEpoch) {
    if (role != Role.DEPOSED && newEpoch > epoch) {
      role = Role.PRIMARY;
      epoch = newEpoch;
    }
    return role == Role.PRIMARY && epoch >= newEpoch;
  }

  private long acknowledgedByAll() {
    long least = Long.MAX_VALUE;
    for (Follower follower : followers.values()) {
      if (follower.counts) {
        least = Math.min(least, follower.acknowledged);
      }
    }
    return least;
  }

  private List<Released<T, R>> release() {
    long upTo = acknowledgedByAll();
    List<Released<T, R>> released = new ArrayList<>();
    while (!withheld.isEmpty() && withheld.peek().index() <= upTo) {
      Withheld<T, R> reply = withheld.remove();
      released.add(new Released<>(reply.to(), reply.reply()));
    }
    long needed = Long.MAX_VALUE;
    for (Follower follower : followers.values()) {
      needed = Math.min(needed, follower.acknowledged);
    }
    for (Iterator<Entry<P>> entries = log.iterator(); entries.hasNext(); ) {
      if (entries.next().index() >= needed) {
        break;
      }
      entries.remove();
    }
    return released;
  }

  /**
   * @param index all events before it must be acknowledged
   */
  private record Withheld<T, R>(long index, T to, R reply) {}

  private static final class Follower {
    final long followEpoch;
    long sent;
    long acknowledged;
    boolean counts;
    long inSyncFrom;

    Follower(long nextIndex, long followEpoch) {
      this.followEpoch = followEpoch;
      sent = nextIndex;
      acknowledged = nextIndex;
    }
  }
}
