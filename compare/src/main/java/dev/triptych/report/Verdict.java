package dev.triptych.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.triptych.report.RunsFile.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the runs say, in plain English: who reached the {@link Level} first and by what factor, what
 * else is worth knowing, and what keeps the answer from being a general one. A pure function of the
 * runs.
 *
 * @param headline one sentence or two
 * @param confidence how far other seeds bear that out
 * @param level at which runs were compared, or null if none improved
 * @param standings one per series of seeds, in the order of the file
 * @param findings further sentences, the most important first
 * @param changes when another mode would be first
 * @param caveats sentences that limit the above
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Verdict(
    String headline,
    String confidence,
    @Nullable Level level,
    List<Standing> standings,
    List<String> findings,
    List<String> changes,
    List<String> caveats) {
  /**
   * Times or amounts that differ by less than this are called equal: one run cannot tell them
   * apart.
   */
  public static final double TIE = 0.1;

  /** The verdict on some runs. */
  public static Verdict of(RunsFile file) {
    List<Series> all = Series.of(file.runs());
    List<Run> contending = file.runs().stream().filter(run -> !run.mode().equals("mllib")).toList();
    Level level = Level.of(file.problem(), contending.isEmpty() ? file.runs() : contending);
    List<String> labels = labels(all);
    List<Entrant> entrants = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      entrants.add(new Entrant(all.get(i), Standing.of(labels.get(i), all.get(i), level)));
    }
    List<Entrant> contenders = contenders(entrants);
    return new Verdict(
        headline(level, entrants),
        Confidence.of(level, contenders),
        level,
        entrants.stream().map(Entrant::standing).toList(),
        findings(file, level, entrants),
        Outlook.of(contenders),
        Caveats.of(file, all, labels));
  }

  /** A short name for each series. */
  static List<String> labels(List<Series> all) {
    return Runs.labels(all.stream().map(series -> series.runs().get(0)).toList());
  }

  private record Amount(String label, double value) {}

  private static List<Entrant> contenders(List<Entrant> entrants) {
    List<Entrant> contenders = entrants.stream().filter(e -> e.standing().contends()).toList();
    return contenders.isEmpty() ? entrants : contenders;
  }

  private static String headline(@Nullable Level level, List<Entrant> entrants) {
    List<Entrant> contenders = contenders(entrants);
    if (contenders.stream().allMatch(e -> e.run().diverged())) {
      return contenders.size() == 1
          ? diverged(contenders.get(0)) + " Try a smaller step size."
          : "Every mode diverged. Try a smaller step size.";
    }
    List<Amount> times = ranked(contenders, Standing::seconds);
    if (level == null) {
      return "Nothing improved on its start. Try another step size, or more epochs.";
    }
    if (times.isEmpty()) {
      Entrant closest =
          contenders.stream()
              .filter(Entrant::fellShort)
              .min(Comparator.comparingDouble(e -> e.run().lowestObjective()))
              .orElseThrow();
      String lowest = Words.objective(closest.run().lowestObjective());
      return contenders.size() == 1
          ? closest.label() + " did not reach " + level.words() + "; its lowest was " + lowest + "."
          : "No mode reached "
              + level.words()
              + "; "
              + closest.label()
              + " came closest with "
              + lowest
              + ".";
    }
    StringBuilder words = new StringBuilder();
    if (contenders.size() == 1) {
      Standing only = contenders.get(0).standing();
      words.append(only.label()).append(" reached ").append(level.words()).append(" after ");
      words.append(Words.seconds(times.get(0).value)).append(" and ");
      words.append(Words.epochs(orZero(only.epochs()))).append('.');
      return words.toString();
    }
    List<Amount> first = tiedWithFirst(times);
    if (first.size() == 1) {
      words.append(first.get(0).label).append(" reached ").append(level.words());
      words.append(times.size() == 1 ? " in " : " first, in ");
      words.append(Words.seconds(first.get(0).value));
    } else {
      words.append(Words.and(first.stream().map(Amount::label).toList()));
      words.append(" reached ").append(level.words()).append(" at about the same time, in ");
      words.append(Words.and(first.stream().map(a -> Words.seconds(a.value)).toList()));
    }
    List<Amount> later = times.subList(first.size(), times.size());
    if (!later.isEmpty()) {
      double best = first.get(0).value;
      words.append("; ").append(Words.and(later.stream().map(a -> asLong(a, best)).toList()));
    }
    words.append('.');
    List<String> never =
        contenders.stream().filter(Entrant::fellShort).map(Entrant::label).toList();
    if (!never.isEmpty()) {
      words.append(' ').append(Words.and(never)).append(" did not.");
    }
    List<String> gone =
        contenders.stream()
            .filter(e -> e.run().diverged() && !e.standing().reached())
            .map(Entrant::label)
            .toList();
    if (!gone.isEmpty()) {
      words.append(' ').append(Words.and(gone)).append(" diverged.");
    }
    return words.toString();
  }

  private static String asLong(Amount later, double best) {
    String time = Words.seconds(later.value);
    return best > 0
        ? later.label
            + " took "
            + Words.factor(later.value / best)
            + " times as long ("
            + time
            + ")"
        : later.label + " took " + time;
  }

  private static List<String> findings(
      RunsFile file, @Nullable Level level, List<Entrant> entrants) {
    List<String> findings = new ArrayList<>();
    List<Entrant> contenders = contenders(entrants);
    if (contenders.size() > 1) {
      addRanking(findings, "Data needed to get there", contenders, Standing::epochs, Words::epochs);
      addRanking(
          findings,
          "Sent over the wire until then",
          contenders,
          s -> s.bytes() == null ? null : (double) s.bytes(),
          Words::bytes);
      addRanking(
          findings,
          "Gradients computed until then",
          contenders,
          s -> s.gradients() == null ? null : (double) s.gradients(),
          gradients -> String.format(Locale.ROOT, "%,.0f", gradients));
    }
    addEnds(findings, file, level, contenders);
    addWaiting(findings, contenders);
    addSlowWorkers(findings, contenders);
    for (Entrant entrant : entrants) {
      if (entrant.run().diverged()) {
        findings.add(diverged(entrant));
      }
      if (entrant.fellShort() && level != null && entrant.standing().contends()) {
        findings.add(
            entrant.label()
                + " stopped short after "
                + Words.seconds(entrant.run().trainSeconds())
                + (entrant.run().trace().isEmpty()
                    ? "."
                    : "; its lowest objective was "
                        + Words.objective(entrant.run().lowestObjective())
                        + "."));
      }
      if (!entrant.standing().contends() && entrants.size() > contenders.size()) {
        findings.add(yardstick(entrant));
      }
    }
    return findings;
  }

  private static void addRanking(
      List<String> findings,
      String what,
      List<Entrant> entrants,
      Function<Standing, @Nullable Double> amount,
      Function<Double, String> inWords) {
    List<Amount> ranked = ranked(entrants, amount);
    if (ranked.size() < 2 || ranked.get(ranked.size() - 1).value <= 0) {
      return;
    }
    List<Amount> first = tiedWithFirst(ranked);
    String amounts =
        Words.and(ranked.stream().map(a -> a.label + " " + inWords.apply(a.value)).toList());
    findings.add(
        what
            + ": "
            + amounts
            + (first.size() == ranked.size() ? ", which is about the same." : "."));
  }

  private static void addEnds(
      List<String> findings, RunsFile file, @Nullable Level level, List<Entrant> contenders) {
    List<Entrant> ended =
        contenders.stream()
            .filter(e -> !e.run().diverged() && e.median(Run::finalObjective) != null)
            .sorted(Comparator.comparingDouble(Verdict::finalObjective))
            .toList();
    boolean stoppedAtTarget = level != null && level.isTarget();
    if (ended.size() > 1 && !stoppedAtTarget) {
      double lowest = finalObjective(ended.get(0));
      double highest = finalObjective(ended.get(ended.size() - 1));
      if (highest - lowest <= 1e-9 * Math.max(1, Math.abs(lowest))) {
        findings.add("All ended at the same objective, " + Words.objective(lowest) + ".");
      } else {
        findings.add(
            ended.get(0).label()
                + " ended lowest: final objectives are "
                + Words.and(ended.stream().map(e -> e.label() + " " + end(file, e)).toList())
                + ".");
      }
    }
    for (String metric : metricNames(ended)) {
      findings.add(
          "On the test set, "
              + metric
              + " is "
              + Words.and(
                  ended.stream()
                      .filter(e -> e.run().finalTestMetrics().containsKey(metric))
                      .map(e -> Words.significant(metric(e, metric), 4) + " for " + e.label())
                      .toList())
              + ".");
    }
  }

  private static List<String> metricNames(List<Entrant> entrants) {
    return entrants.stream()
        .flatMap(e -> e.run().finalTestMetrics().keySet().stream())
        .distinct()
        .toList();
  }

  private static double metric(Entrant entrant, String name) {
    return orZero(entrant.median(run -> run.finalTestMetrics().get(name)));
  }

  private static double finalObjective(Entrant entrant) {
    return orZero(entrant.median(Run::finalObjective));
  }

  private static String end(RunsFile file, Entrant entrant) {
    double objective = finalObjective(entrant);
    Double optimum = file.problem().optimum();
    return Words.objective(objective)
        + (optimum == null ? "" : " (F − F* = " + Words.significant(objective - optimum, 2) + ")");
  }

  /** As the timelines have it; of a run without one only what was not spent computing is known. */
  private static void addWaiting(List<String> findings, List<Entrant> entrants) {
    List<String> waiting = new ArrayList<>();
    List<String> idle = new ArrayList<>();
    for (Entrant entrant : entrants) {
      Double share = entrant.median(Verdict::waitingShare);
      if (share != null) {
        (entrant.run().timeline() != null ? waiting : idle)
            .add(Words.significant(100 * share, 2) + " % in " + entrant.label());
      }
    }
    if (!waiting.isEmpty()) {
      findings.add("Share of the workers' time spent waiting: " + Words.and(waiting) + ".");
    }
    if (!idle.isEmpty()) {
      findings.add("Share of the workers' time not spent computing: " + Words.and(idle) + ".");
    }
  }

  /** Where spans were recorded, waiting is told from communicating. */
  private static @Nullable Double waitingShare(Run run) {
    double wait = 0;
    double all = 0;
    if (run.timeline() != null) {
      for (RunsFile.TimelineWorker worker : run.timeline().workers()) {
        RunsFile.SpanTotals totals = worker.totals();
        wait += totals.waiting();
        all += totals.computing() + totals.communicating() + totals.waiting();
      }
    } else {
      for (RunsFile.Worker worker : run.workers()) {
        wait += worker.waitSeconds();
        all += worker.computeSeconds() + worker.waitSeconds();
      }
    }
    return all > 0 ? wait / all : null;
  }

  private static void addSlowWorkers(List<String> findings, List<Entrant> entrants) {
    List<String> kept = new ArrayList<>();
    for (Entrant entrant : entrants) {
      RunsFile.SlowWorker slow = entrant.run().slowWorker();
      if (slow != null) {
        kept.add(
            entrant.label()
                + " kept "
                + Words.percent(slow.ratio())
                + " of its mini-batches per second (theory: "
                + Words.percent(slow.theory())
                + ")");
      }
    }
    if (!kept.isEmpty()) {
      findings.add(0, "With slow workers, " + Words.and(kept) + ".");
    }
  }

  private static String yardstick(Entrant entrant) {
    String who = "MLlib's own " + entrant.run().algorithm();
    Double seconds = entrant.standing().seconds();
    if (seconds != null) {
      return who + ", the yardstick, got there in " + Words.seconds(seconds) + ".";
    }
    return entrant.run().trace().isEmpty()
        ? who + ", the yardstick, has no trace."
        : who
            + ", the yardstick, stopped at "
            + Words.objective(entrant.run().lowestObjective())
            + " after "
            + Words.seconds(entrant.run().trainSeconds())
            + ".";
  }

  private static String diverged(Entrant entrant) {
    Long update = entrant.run().divergedAtUpdate();
    return entrant.label() + " diverged" + (update == null ? "." : " at update " + update + ".");
  }

  private static List<Amount> ranked(
      List<Entrant> entrants, Function<Standing, @Nullable Double> amount) {
    List<Amount> ranked = new ArrayList<>();
    for (Entrant entrant : entrants) {
      Double value = amount.apply(entrant.standing());
      if (value != null) {
        ranked.add(new Amount(entrant.label(), value));
      }
    }
    ranked.sort(Comparator.comparingDouble(Amount::value));
    return ranked;
  }

  private static List<Amount> tiedWithFirst(List<Amount> ranked) {
    double limit = ranked.get(0).value * (1 + TIE);
    return ranked.stream().filter(a -> a.value <= limit).toList();
  }

  private static double orZero(@Nullable Double value) {
    return value == null ? 0 : value;
  }
}
