package dev.triptych.report;

import dev.triptych.report.RunsFile.Environment;
import dev.triptych.report.RunsFile.Run;
import dev.triptych.report.RunsFile.Staleness;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What keeps a comparison from being a general answer, as far as the runs themselves show it. */
final class Caveats {
  /** Nodes further apart than this do not share one model for practical purposes. */
  private static final double NEGLIGIBLE_CONSENSUS_DISTANCE = 1e-6;

  /** A step this many times longer than its computation is mostly overhead. */
  private static final double OVERHEAD_FACTOR = 4;

  /** Settings that runs may differ in without being tuned differently. */
  private static final Set<String> COMPARED = Set.of("step-size", "schedule", "optimizer", "batch");

  /** Gossip algorithms whose fixed point at a constant step depends on the spread of the data. */
  private static final Set<String> BIASED =
      Set.of("dpsgd", "dpsgd-atc", "push-sum", "choco", "ad-psgd", "quasi-global-momentum");

  private Caveats() {}

  static List<String> of(RunsFile file, List<Series> all, List<String> labels) {
    List<String> caveats = new ArrayList<>();
    List<Run> runs = all.stream().map(Series::representative).toList();
    if (runs.size() == file.runs().size()) {
      caveats.add(
          runs.size() == 1
              ? "This is one run with one seed. Repeat it with other seeds before relying on it."
              : "This is one run per line. Repeat with other seeds before relying on a"
                  + " difference.");
    }
    addMachine(caveats, file);
    addDelay(caveats, runs);
    addSeeds(caveats, all);
    addDifferences(caveats, runs, labels);
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      String label = labels.get(i);
      addOverhead(caveats, run, label);
      addStaleness(caveats, run, label);
      addLostServers(caveats, run, label);
      addLostNodes(caveats, run, label);
      addConsensus(caveats, run, label);
      addBias(caveats, file, run, label);
      if (run.algorithm().equals("hogwild")) {
        caveats.add(
            "The workers of "
                + label
                + " change one array of weights without locks (Hogwild): some updates may be lost,"
                + " and repeating the run with the same seed gives slightly different weights.");
      }
      if (run.mode().equals("mllib")) {
        caveats.add(
            "MLlib runs another algorithm (L-BFGS or a relative of it, over all data at every"
                + " iteration). It is timed as one fit; the times of its iterations are spread"
                + " evenly.");
      }
    }
    if (runs.stream().anyMatch(run -> run.mode().equals("async")) && runs.size() > 1) {
      caveats.add(
          "Updates are not alike: an asynchronous update is one worker's mini-batch, a synchronous"
              + " update or gossip round one of every worker. Epochs compare work.");
    }
    return caveats;
  }

  private static void addMachine(List<String> caveats, RunsFile file) {
    Environment environment = file.environment();
    if (environment == null) {
      return;
    }
    int workers = file.runs().stream().mapToInt(run -> run.workers().size()).max().orElse(0);
    Integer cores = environment.cores();
    boolean local = environment.master().startsWith("local");
    StringBuilder words = new StringBuilder();
    if (local) {
      words.append("All workers shared one machine, so no real network was involved");
    }
    if (cores != null && workers > cores) {
      words.append(local ? ", and " : "");
      words.append(workers).append(" logical workers ran on ").append(cores);
      words.append(cores == 1 ? " core" : " cores").append(": they took turns computing");
    }
    if (words.length() > 0) {
      caveats.add(words.append('.').toString());
    }
  }

  private static void addDelay(List<String> caveats, List<Run> runs) {
    for (Run run : runs) {
      for (String key : List.of("stragglers", "compute-delay", "slow-worker")) {
        String value = run.settings().get(key);
        if (value != null) {
          caveats.add(
              "Mini-batches were slowed down on purpose ("
                  + value
                  + "). Seconds show how the modes relate, not how fast this machine is.");
          return;
        }
      }
    }
  }

  private static void addSeeds(List<String> caveats, List<Series> all) {
    long orders =
        all.stream()
            .filter(series -> !series.representative().mode().equals("mllib"))
            .map(series -> series.runs().stream().map(Run::seed).collect(Collectors.toSet()))
            .distinct()
            .count();
    if (orders > 1) {
      caveats.add("The runs have different seeds, so they saw the data in different orders.");
    }
  }

  private static void addDifferences(List<String> caveats, List<Run> runs, List<String> labels) {
    Set<String> keys = new LinkedHashSet<>();
    runs.forEach(run -> keys.addAll(run.settings().keySet()));
    keys.retainAll(COMPARED);
    for (String key : keys) {
      Map<String, List<String>> byValue = new LinkedHashMap<>();
      for (int i = 0; i < runs.size(); i++) {
        String value = runs.get(i).settings().get(key);
        if (value != null) {
          byValue.computeIfAbsent(value, unused -> new ArrayList<>()).add(labels.get(i));
        }
      }
      if (byValue.size() > 1) {
        List<String> parts = new ArrayList<>();
        byValue.forEach((value, who) -> parts.add(value + " for " + Words.and(who)));
        caveats.add("The setting " + key + " differs: " + Words.and(parts) + ".");
      }
    }
  }

  /** Synchronous steps that take far longer than their slowest worker computes. */
  private static void addOverhead(List<String> caveats, Run run, String label) {
    Long updates = run.updates();
    if (!run.mode().equals("sync") || updates == null || updates == 0) {
      return;
    }
    double step = run.trainSeconds() / updates;
    double slowest = 0;
    for (RunsFile.Worker worker : run.workers()) {
      slowest = Math.max(slowest, worker.computeSeconds() / Math.max(1, worker.batches()));
    }
    if (slowest > 0 && step > OVERHEAD_FACTOR * slowest) {
      caveats.add(
          "A step of "
              + label
              + " took "
              + Words.seconds(step)
              + ", of which a worker computed at most "
              + Words.seconds(slowest)
              + " on average; most of the rest is Spark starting tasks. Larger mini-batches or"
              + " models make that matter less.");
    }
  }

  private static void addStaleness(List<String> caveats, Run run, String label) {
    Staleness staleness = run.staleness();
    if (staleness != null && staleness.max() > 0) {
      caveats.add(
          "Gradients of "
              + label
              + " were "
              + Words.significant(staleness.mean(), 2)
              + (run.mode().equals("gossip") ? " averages" : " updates")
              + " old on average when applied, at most "
              + staleness.max()
              + ". More workers make them older, which limits the step size.");
    }
  }

  private static void addLostNodes(List<String> caveats, Run run, String label) {
    String missed = run.settings().get("missed-nodes");
    if (missed != null) {
      String rejoined = run.settings().get("rejoined-nodes");
      caveats.add(
          "During "
              + label
              + " the nodes "
              + missed
              + " could not be reached for a while, and the others went on without them"
              + (rejoined == null
                  ? "."
                  : "; " + rejoined + " began anew with a neighbour's weights."));
    }
  }

  private static void addLostServers(List<String> caveats, Run run, String label) {
    String lost = run.settings().get("servers-lost");
    if (lost != null) {
      caveats.add(
          "During "
              + label
              + " the server "
              + lost
              + " was lost and its backup took over; the longest pause was "
              + run.settings().get("longest-pause")
              + " and counts as training time.");
    }
  }

  /** Plain gossip with a constant step over data that differ from node to node. */
  private static void addBias(List<String> caveats, RunsFile file, Run run, String label) {
    String partition = file.data().details().getOrDefault("partition", "iid");
    if (run.mode().equals("gossip")
        && !partition.equals("iid")
        && "constant".equals(run.settings().get("schedule"))
        && BIASED.contains(run.algorithm())) {
      caveats.add(
          "The workers of "
              + label
              + " hold unlike data (partition "
              + partition
              + "), and "
              + run.algorithm()
              + " with a constant step size can end beside the optimum then, the further the fewer"
              + " neighbours there are. gradient-tracking, extra and d2 do not.");
    }
  }

  private static void addConsensus(List<String> caveats, Run run, String label) {
    Double distance = run.consensusDistance();
    if (distance != null && distance > NEGLIGIBLE_CONSENSUS_DISTANCE) {
      caveats.add(
          "The objective of "
              + label
              + " is that of the mean of all nodes' weights. The nodes themselves ended "
              + Words.significant(distance, 2)
              + " from it (consensus distance), so a single node's model is another one.");
    }
  }
}
