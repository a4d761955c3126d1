package dev.triptych.gossip.membership;

import dev.triptych.gossip.mixing.SurvivingMixing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides who takes part in a run, and from which round on. When a node is lost, or comes back, the
 * epoch ends: all living nodes arrive with the round they have reached, and the next epoch starts
 * at the furthest of these rounds, on the remaining graph. A node without weights takes those of
 * the nearest member. When the remaining graph falls apart, the living wait for Spark's retry of
 * the lost task, and if it does not come the run is over, with the reason.
 *
 * <p>A task says: I am here ({@link #arrive}), I am ready for the epoch ({@link #ready}), I go on
 * ({@link #heard}), I cannot hear my neighbour ({@link #complain}). A task is known by its life, a
 * number that grows with every task that Spark starts; a later life of a node fences the ones
 * before. The last round ends as an epoch does: everybody arrives. Not thread-safe.
 */
public final class MembershipEpochs {
  /** The round of a node that has no weights. */
  public static final long NEW = -1;

  private static final long ABSENT = -2;
  private static final long NOBODY = -1;

  private enum Phase {
    GATHERING,
    OPENING,
    RUNNING,
    OVER
  }

  private final EpochSettings settings;
  // By node. The life of the task that hosts it, or NOBODY.
  private final long[] lives;
  // The latest life ever, alive or not.
  private final long[] latestLives;
  // The round it has arrived with, or ABSENT.
  private final long[] arrived;
  // The last round whose message it has sent.
  private final long[] sent;
  private final String[] losses;
  private final Map<Long, Task> tasks = new TreeMap<>();
  private final List<Complaint> complaints = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Phase phase = Phase.GATHERING;
  private @Nullable Epoch epoch;
  private long since;
  private long complainedAt;
  private @Nullable String stopReason;

  /** A run whose tasks have not come yet. */
  public MembershipEpochs(EpochSettings settings) {
    this.settings = settings;
    int numNodes = settings.numNodes();
    lives = filled(numNodes, NOBODY);
    latestLives = filled(numNodes, NOBODY);
    arrived = filled(numNodes, ABSENT);
    sent = filled(numNodes, NOBODY);
    losses = new String[numNodes];
    Arrays.fill(losses, "");
  }

  /**
   * A task's nodes wait for the next epoch. Saying it again changes nothing.
   *
   * @param nodes all that the task hosts
   * @param rounds by position in {@code nodes}: how many rounds it has done, or {@link #NEW}
   * @param after the last epoch that the task knows of, 0 if none
   * @throws IllegalArgumentException if a later task hosts one of the nodes
   */
  public void arrive(long life, int[] nodes, long[] rounds, int after, long now) {
    if (phase == Phase.OVER) {
      return;
    }
    Task task = tasks.get(life);
    if (task == null) {
      task = enter(life, nodes, now);
    }
    task.heard = now;
    if (after < task.announced) {
      return; // it does not know yet what it has been told
    }
    if (phase == Phase.OPENING) {
      // It cannot have done anything of an epoch that has not begun.
      gather(now);
    }
    for (int k = 0; k < nodes.length; k++) {
      arrived[nodes[k]] = rounds[k];
    }
    proceed(now);
  }

  private Task enter(long life, int[] nodes, long now) {
    for (int node : nodes) {
      if (node < 0 || node >= lives.length) {
        throw new IllegalArgumentException("no node " + node + " in a run of " + lives.length);
      }
      if (latestLives[node] > life) {
        throw new IllegalArgumentException(
            "node " + node + " lives in a later task; task " + life + " comes too late");
      }
    }
    for (int node : nodes) {
      lost(lives[node], "Spark has started its task anew", now);
    }
    for (int node : nodes) {
      lives[node] = life;
      latestLives[node] = life;
      sent[node] = NOBODY;
    }
    Task task = new Task(nodes.clone());
    tasks.put(life, task);
    if (tasks.size() == 1 && epoch == null) {
      since = now;
    }
    return task;
  }

  /** A task has opened its exchange for an epoch. */
  public void ready(long life, int number, long now) {
    Task task = tasks.get(life);
    if (task == null) {
      return;
    }
    task.heard = now;
    if (epoch != null && number == epoch.number()) {
      task.ready = number;
    }
    proceed(now);
  }

  /**
   * A task is alive.
   *
   * @param sentRounds by position in the task's nodes: the last round whose message it has sent
   */
  public void heard(long life, long[] sentRounds, long now) {
    Task task = tasks.get(life);
    if (task != null) {
      task.heard = now;
      for (int k = 0; k < task.nodes.length; k++) {
        sent[task.nodes[k]] = Math.max(sent[task.nodes[k]], sentRounds[k]);
      }
    }
  }

  /** A node has waited too long in an epoch. The epoch ends; see {@link #tick} for what follows. */
  public void complain(int number, Complaint complaint, long now) {
    // After a loss others wait in vain too: the new epoch will help them.
    boolean counts = phase == Phase.RUNNING || (phase == Phase.GATHERING && !complaints.isEmpty());
    if (counts && number == current().number()) {
      if (complaints.isEmpty()) {
        complainedAt = now;
      }
      complaints.add(complaint);
      gather(now);
    }
  }

  /** A task is gone. */
  public void lost(long life, String why, long now) {
    Task task = tasks.remove(life);
    if (task == null || phase == Phase.OVER) {
      return;
    }
    for (int node : task.nodes) {
      if (lives[node] == life) {
        lives[node] = NOBODY;
        arrived[node] = ABSENT;
        losses[node] = why;
      }
    }
    gather(now);
    proceed(now);
  }

  /** There is no further epoch: the run has diverged, or failed. The first reason counts. */
  public void stop(String reason) {
    end(reason);
  }

  private void end(@Nullable String reason) {
    if (phase != Phase.OVER) {
      phase = Phase.OVER;
      stopReason = reason;
    }
  }

  /** Lets time pass: finds the silent, judges complaints, gives up waiting. */
  public void tick(long now) {
    for (long life : List.copyOf(tasks.keySet())) {
      Task task = tasks.get(life);
      if (task != null && now - task.heard > settings.silenceNanos()) {
        lost(life, "the driver has not heard of it for " + seconds(now - task.heard), now);
      }
    }
    if (phase == Phase.GATHERING && !complaints.isEmpty()) {
      judge(now);
    }
    boolean waits = phase == Phase.OPENING || (phase == Phase.GATHERING && !tasks.isEmpty());
    waits |= phase == Phase.GATHERING && epoch != null;
    if (waits && now - since > settings.maxWaitNanos()) {
      stop(whatIsMissing(now - since));
    }
  }

  /**
   * The epoch that a task which has arrived shall open; null if it has to wait.
   *
   * @param after as it said when it arrived
   */
  public @Nullable Epoch epochFor(long life, int after) {
    Task task = tasks.get(life);
    return task == null || task.announced <= after ? null : epoch;
  }

  /** Whether a task that is ready for an epoch may start it; null if it has to wait. */
  public @Nullable Answer answerReady(long life, int number) {
    Answer answer = answer(life, number);
    return answer == Answer.GO && phase == Phase.OPENING ? null : answer;
  }

  /** What a task that runs an epoch should do. */
  public Answer answer(long life, int number) {
    if (phase == Phase.OVER) {
      return Answer.OVER;
    }
    boolean current =
        tasks.containsKey(life)
            && epoch != null
            && number == epoch.number()
            && phase != Phase.GATHERING;
    return current ? Answer.GO : Answer.REFORM;
  }

  /** Whether there is no further epoch. */
  public boolean isOver() {
    return phase == Phase.OVER;
  }

  /** Why the run stopped before its last round; null if it did not. */
  public @Nullable String stopReason() {
    return stopReason;
  }

  /** The latest epoch, or null. */
  public @Nullable Epoch epoch() {
    return epoch;
  }

  /** What has happened to the members, one sentence per epoch after the first. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** The last round whose message each node has sent, −1 if none; a copy. */
  public long[] sentRounds() {
    return sent.clone();
  }

  /** Nodes that no living task hosts, ascending. */
  public List<Integer> missing() {
    return nodes(node -> lives[node] == NOBODY);
  }

  private void gather(long now) {
    if (phase == Phase.OPENING || phase == Phase.RUNNING) {
      phase = Phase.GATHERING;
      since = now;
    }
  }

  private void proceed(long now) {
    switch (phase) {
      case GATHERING -> form(now);
      case OPENING -> {
        if (everyMember(task -> task.ready == current().number())) {
          phase = Phase.RUNNING;
        }
      }
      case RUNNING -> {
        List<Integer> members = current().members();
        List<Integer> here = members.stream().filter(node -> arrived[node] != ABSENT).toList();
        boolean atTheEnd = here.stream().allMatch(node -> arrived[node] >= settings.endRound());
        if (here.size() == members.size() && atTheEnd) {
          end(null);
        } else if (!atTheEnd || (here.isEmpty() && somebodyNewIsHere())) {
          // Once some have finished, who comes back would only hold up the others.
          gather(now);
          form(now);
        }
      }
      case OVER -> {}
    }
  }

  private boolean somebodyNewIsHere() {
    return !nodes(node -> arrived[node] == NEW).isEmpty();
  }

  private void form(long now) {
    List<Integer> here = nodes(node -> lives[node] != NOBODY);
    if (!complaints.stream().allMatch(complaint -> here.containsAll(complaint.others()))) {
      complaints.clear(); // one was about a lost node, the others may follow from that
    }
    boolean allArrived = here.stream().allMatch(node -> arrived[node] != ABSENT);
    if (!allArrived || !complaints.isEmpty() || here.isEmpty()) {
      return;
    }
    Set<Integer> withWeights =
        new HashSet<>(here.stream().filter(node -> arrived[node] != NEW).toList());
    if (withWeights.isEmpty()) {
      if (here.size() == lives.length) {
        announce(settings.firstRound(), here, Map.of(), now);
      }
      return;
    }
    long round = here.stream().mapToLong(node -> arrived[node]).max().orElseThrow();
    if (round >= settings.endRound()) {
      end(null);
    } else if (settings.mayFallApart() || islands(here).size() == 1) {
      Map<Integer, Integer> donors = new TreeMap<>();
      for (int node : here) {
        if (arrived[node] == NEW) {
          donors.put(node, Graph.nearest(settings.mixing(), node, withWeights, arrived));
        }
      }
      announce(round, here, donors, now);
    }
  }

  private void announce(long round, List<Integer> members, Map<Integer, Integer> donors, long now) {
    Epoch before = epoch;
    int number = before == null ? 1 : before.number() + 1;
    epoch = new Epoch(number, round, members, donors);
    if (before != null) {
      notes.add(inWords(epoch));
    }
    Arrays.fill(arrived, ABSENT);
    members.forEach(node -> taskOf(node).announced = number);
    phase = Phase.OPENING;
    since = now;
  }

  private String inWords(Epoch next) {
    StringBuilder words =
        new StringBuilder("epoch " + next.number() + " from round " + next.firstRound());
    List<Integer> missing = missing();
    if (missing.isEmpty()) {
      words.append(" with all nodes");
    } else {
      words.append(" without nodes ").append(missing).append(" (").append(whyLost(missing));
      words.append(')');
    }
    next.donors()
        .forEach(
            (node, donor) ->
                words.append(", node " + node + " back with the weights of node " + donor));
    return words.toString();
  }

  /** Whether those who are missed are lost, cut off or slow. */
  private void judge(long now) {
    if (now - complainedAt < settings.graceNanos()) {
      return;
    }
    Complaint first = complaints.get(0);
    Set<Integer> from = new TreeSet<>();
    Set<Integer> to = new TreeSet<>();
    for (Complaint complaint : complaints) {
      if (complaint.round() < first.round()) {
        first = complaint;
      }
      for (int other : complaint.others()) {
        Task task = tasks.get(lives[other]);
        if (task == null || task.heard <= complainedAt) {
          return; // it may be lost: silence will tell
        }
        if (sent[other] >= complaint.round()) {
          from.add(complaint.node());
          to.add(other);
        }
      }
    }
    stop(
        from.isEmpty()
            ? "node %d waited in vain in round %d for its neighbours %s, which are alive: too slow, or stuck"
                .formatted(first.node(), first.round(), first.others())
            : "network partition: nodes %s cannot reach nodes %s although the driver reaches both"
                .formatted(from, to));
  }

  private String whatIsMissing(long waited) {
    List<Integer> missing = missing();
    if (epoch == null && !missing.isEmpty()) {
      return "of %d nodes these have not joined within %s: %s"
          .formatted(lives.length, seconds(waited), missing);
    }
    if (phase == Phase.OPENING) {
      return "nodes %s have not opened epoch %d within %s"
          .formatted(
              nodes(node -> lives[node] != NOBODY && taskOf(node).ready != current().number()),
              current().number(),
              seconds(waited));
    }
    List<Integer> late = nodes(node -> lives[node] != NOBODY && arrived[node] == ABSENT);
    if (!late.isEmpty()) {
      return "nodes %s have not come to the end of epoch %d within %s"
          .formatted(late, current().number(), seconds(waited));
    }
    List<Integer> here = nodes(node -> lives[node] != NOBODY);
    if (here.stream().allMatch(node -> arrived[node] == NEW)) {
      return "all nodes that had weights are lost, and nodes %s have not come back within %s (%s)"
          .formatted(missing, seconds(waited), whyLost(missing));
    }
    return "without nodes %s the graph falls apart into %s, and they have not come back within %s (%s)"
        .formatted(missing, islands(here), seconds(waited), whyLost(missing));
  }

  private Collection<List<Integer>> islands(List<Integer> members) {
    boolean[] present = new boolean[lives.length];
    members.forEach(node -> present[node] = true);
    return Graph.islands(SurvivingMixing.of(settings.mixing(), present), members);
  }

  private String whyLost(List<Integer> nodes) {
    Set<String> reasons = new TreeSet<>();
    nodes.forEach(node -> reasons.add(losses[node]));
    return String.join("; ", reasons);
  }

  private boolean everyMember(TaskPredicate predicate) {
    return current().members().stream().allMatch(node -> predicate.test(taskOf(node)));
  }

  private Task taskOf(int node) {
    Task task = tasks.get(lives[node]);
    if (task == null) {
      throw new IllegalStateException("node " + node + " is nowhere");
    }
    return task;
  }

  private Epoch current() {
    if (epoch == null) {
      throw new IllegalStateException("no epoch has been announced");
    }
    return epoch;
  }

  private List<Integer> nodes(NodePredicate predicate) {
    List<Integer> found = new ArrayList<>();
    for (int node = 0; node < lives.length; node++) {
      if (predicate.test(node)) {
        found.add(node);
      }
    }
    return found;
  }

  private static long[] filled(int length, long value) {
    long[] array = new long[length];
    Arrays.fill(array, value);
    return array;
  }

  private static String seconds(long nanos) {
    return nanos / 100_000_000 / 10.0 + " s";
  }

  private interface NodePredicate {
    boolean test(int node);
  }

  private interface TaskPredicate {
    boolean test(Task task);
  }

  private static final class Task {
    private final int[] nodes;
    private long heard;
    // Numbers of the latest epochs that it was told of, and that it was ready for.
    private int announced;
    private int ready;

    Task(int[] nodes) {
      this.nodes = nodes;
    }
  }
}
