package dev.triptych.report;

import dev.triptych.report.RunsFile.Graph;
import dev.triptych.report.RunsFile.Run;
import dev.triptych.report.RunsFile.Worker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * When another mode would be first: estimates from what was measured, each with its assumption. A
 * pure function of the runs.
 */
final class Outlook {
  /** A worker slower than this is a broken one. */
  private static final double SLOWEST = 100;

  /** A model larger than this is another problem. */
  private static final double LARGEST = 10_000;

  /** A gigabit per second. */
  private static final double BYTES_PER_SECOND = 125e6;

  private static final double STEP = 1.05;

  private Outlook() {}

  /** Sentences, none where there is nothing to compare. */
  static List<String> of(List<Entrant> contenders) {
    List<Entrant> reached = contenders.stream().filter(e -> e.standing().reached()).toList();
    List<String> changes = new ArrayList<>();
    if (reached.size() > 1) {
      addSlowWorker(changes, reached);
      addLargerModel(changes, reached);
    }
    if (contenders.size() > 1) {
      addGraph(changes, contenders);
    }
    return changes;
  }

  private static double seconds(Entrant entrant) {
    Double seconds = entrant.standing().seconds();
    return seconds == null ? Double.MAX_VALUE : seconds;
  }

  private static Entrant first(List<Entrant> entrants, ToDoubleFunction<Entrant> time) {
    return entrants.stream().min(Comparator.comparingDouble(time)).orElseThrow();
  }

  private static void addSlowWorker(List<String> changes, List<Entrant> reached) {
    boolean known =
        reached.stream().allMatch(e -> e.run().workers().size() > 1 && computingShare(e.run()) > 0);
    boolean alreadySlow =
        reached.stream().anyMatch(e -> e.run().slowWorker() != null || isSlowed(e.run()));
    boolean differ = reached.stream().map(e -> waitsForTheSlowest(e.run())).distinct().count() > 1;
    if (!known || alreadySlow || !differ) {
      return;
    }
    Entrant now = first(reached, Outlook::seconds);
    Entrant then = now;
    double slower = 1;
    while (then == now && slower < SLOWEST) {
      slower = Math.min(SLOWEST, slower * STEP);
      double factor = slower;
      then = first(reached, e -> withSlowWorker(e, factor));
    }
    changes.add(
        (then == now
                ? "A slow worker: "
                    + now.label()
                    + " would stay first, by this estimate even with one worker "
                    + Words.factor(SLOWEST)
                    + " times slower."
                : "A slow worker: with one worker about "
                    + Words.factor(slower)
                    + " times slower, "
                    + then.label()
                    + " would be first by this estimate.")
            + " (Where all wait for the slowest, its computing lengthens every step; elsewhere only"
            + " its own gradients come later.)");
  }

  private static boolean isSlowed(Run run) {
    String stragglers = run.settings().getOrDefault("stragglers", "");
    return stragglers.contains("worker") || run.settings().containsKey("slow-worker");
  }

  /** Synchronous steps and gossip rounds do; asynchronous pushes and pairwise averages do not. */
  private static boolean waitsForTheSlowest(Run run) {
    return switch (run.mode()) {
      case "async" -> run.algorithm().equals("bsp") || run.algorithm().equals("ssp");
      case "gossip" -> !run.algorithm().equals("ad-psgd");
      default -> true;
    };
  }

  /** Of the worker that computed longest. */
  private static double computingShare(Run run) {
    double most = 0;
    for (Worker worker : run.workers()) {
      most = Math.max(most, worker.computeSeconds());
    }
    return run.trainSeconds() > 0 ? Math.min(1, most / run.trainSeconds()) : 0;
  }

  private static double withSlowWorker(Entrant entrant, double slower) {
    Run run = entrant.run();
    double stepsLonger = 1 + computingShare(run) * (slower - 1);
    if (waitsForTheSlowest(run)) {
      return seconds(entrant) * stepsLonger;
    }
    int workers = run.workers().size();
    return seconds(entrant) * workers / (workers - 1 + 1 / stepsLonger);
  }

  private static void addLargerModel(List<String> changes, List<Entrant> reached) {
    if (reached.stream().anyMatch(e -> e.standing().bytes() == null)) {
      return;
    }
    Entrant now = first(reached, Outlook::seconds);
    Entrant then = now;
    double larger = 1;
    while (larger < LARGEST) {
      double factor = larger;
      then = first(reached, e -> onNetwork(e, factor));
      if (then != now) {
        break;
      }
      larger = Math.min(LARGEST, larger * STEP);
    }
    String network = " over a shared network of 1 Gbit/s";
    changes.add(
        (then == now
                ? "A larger model: "
                    + now.label()
                    + " would stay first"
                    + network
                    + ", also with a model "
                    + Words.factor(LARGEST)
                    + " times as large."
                : larger == 1
                    ? "A real network: " + then.label() + " would be first" + network + "."
                    : "A larger model: with one about "
                        + Words.factor(larger)
                        + " times as large"
                        + network
                        + ", "
                        + then.label()
                        + " would be first.")
            + " (Time measured here plus bytes over bandwidth; bytes in proportion to the model.)");
  }

  private static double onNetwork(Entrant entrant, double larger) {
    Long bytes = entrant.standing().bytes();
    return seconds(entrant) + (bytes == null ? 0 : larger * bytes / BYTES_PER_SECOND);
  }

  private static void addGraph(List<String> changes, List<Entrant> contenders) {
    for (Entrant entrant : contenders) {
      Graph graph = entrant.run().graph();
      if (graph == null || graph.nodes() < 3) {
        continue;
      }
      int larger = 4 * graph.nodes();
      double ring = ringGap(larger);
      if (graph.spectralGap() > ring) {
        changes.add(
            "A sparser graph: "
                + entrant.label()
                + " averaged over a graph of spectral gap "
                + Words.significant(graph.spectralGap(), 2)
                + ". A ring of "
                + larger
                + " nodes has "
                + Words.significant(ring, 2)
                + ", so disagreement would fade "
                + Words.factor(fading(graph.spectralGap(), ring))
                + " times more slowly and "
                + entrant.label()
                + " would need more epochs; denser graphs need more bytes.");
        return;
      }
    }
  }

  /** Rounds that the second graph needs for each round of the first. */
  private static double fading(double gap, double ring) {
    double here = gap >= 1 ? Math.log(1e-16) : Math.log1p(-gap);
    return here / Math.log1p(-ring);
  }

  /** 1 − ρ of a ring with Metropolis weights, a third for each neighbour and oneself. */
  static double ringGap(int nodes) {
    return 1 - (1 + 2 * Math.cos(2 * Math.PI / nodes)) / 3;
  }
}
