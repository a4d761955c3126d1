package dev.triptych.report;

import dev.triptych.report.RunsFile.Point;
import dev.triptych.report.RunsFile.Run;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How much the repetitions with other seeds bear out who was first. */
final class Confidence {
  private Confidence() {}

  /**
   * One or two sentences.
   *
   * @param contenders in the order of the file
   */
  static String of(@Nullable Level level, List<Entrant> contenders) {
    Set<Long> seeds = seedsOf(contenders.get(0));
    contenders.forEach(entrant -> seeds.retainAll(seedsOf(entrant)));
    boolean several = contenders.stream().anyMatch(entrant -> entrant.series().runs().size() > 1);
    if (!several || seeds.size() < 2 || level == null) {
      return several
          ? "The modes have fewer than two seeds in common, so that the repetitions do not decide."
          : "Confidence: one run with one seed each, on one day. A factor below "
              + Words.factor(1 + Verdict.TIE)
              + " counts as a tie; --seeds 5 shows how much of the rest is chance.";
    }
    return contenders.size() == 1
        ? alone(level, contenders.get(0))
        : compared(level, contenders, List.copyOf(seeds));
  }

  private static Set<Long> seedsOf(Entrant entrant) {
    Set<Long> seeds = new LinkedHashSet<>();
    entrant.series().runs().forEach(run -> seeds.add(run.seed()));
    return seeds;
  }

  private static String alone(Level level, Entrant entrant) {
    List<Run> runs = entrant.series().runs();
    long reached = runs.stream().filter(run -> secondsTo(run, level) < Double.MAX_VALUE).count();
    Double low = entrant.standing().secondsLow();
    Double high = entrant.standing().secondsHigh();
    return "Reached with "
        + reached
        + " of "
        + runs.size()
        + " seeds"
        + (low == null || high == null
            ? "."
            : ", in " + Words.seconds(low) + " to " + Words.seconds(high) + ".");
  }

  private static String compared(Level level, List<Entrant> contenders, List<Long> seeds) {
    int[] wins = new int[contenders.size()];
    for (long seed : seeds) {
      int first = -1;
      double best = Double.MAX_VALUE;
      for (int i = 0; i < contenders.size(); i++) {
        double seconds = secondsTo(contenders.get(i), seed, level);
        if (seconds < best) {
          best = seconds;
          first = i;
        }
      }
      if (first >= 0) {
        wins[first]++;
      }
    }
    int winner = 0;
    for (int i = 1; i < wins.length; i++) {
      winner = wins[i] > wins[winner] ? i : winner;
    }
    if (wins[winner] == 0) {
      return "With none of the " + seeds.size() + " seeds did a mode get there.";
    }
    StringBuilder words = new StringBuilder();
    words.append(contenders.get(winner).label()).append(" was first with ");
    words.append(wins[winner]).append(" of ").append(seeds.size()).append(" seeds");
    List<String> factors = new ArrayList<>();
    for (int i = 0; i < contenders.size(); i++) {
      if (i != winner) {
        String factor = factors(level, contenders.get(winner), contenders.get(i), seeds);
        if (factor != null) {
          factors.add(factor);
        }
      }
    }
    if (!factors.isEmpty()) {
      words.append("; seed by seed ").append(Words.and(factors)).append(" as long");
    }
    words.append('.');
    if (wins[winner] == seeds.size()) {
      words.append(" If two modes were equally fast, one of them would win all ");
      words.append(seeds.size()).append(" in 1 of ").append(1L << (seeds.size() - 1));
      words.append(" such comparisons.");
    } else {
      words.append(" That is no clear answer.");
    }
    return words.toString();
  }

  /** Such as {@code sync took 2.1 to 2.4 times}; null if one of the two never got there. */
  private static @Nullable String factors(
      Level level, Entrant winner, Entrant other, List<Long> seeds) {
    double low = Double.MAX_VALUE;
    double high = 0;
    int missing = 0;
    for (long seed : seeds) {
      double fastest = secondsTo(winner, seed, level);
      double seconds = secondsTo(other, seed, level);
      if (seconds == Double.MAX_VALUE || fastest == Double.MAX_VALUE || fastest == 0) {
        missing++;
      } else {
        low = Math.min(low, seconds / fastest);
        high = Math.max(high, seconds / fastest);
      }
    }
    if (high == 0) {
      return null;
    }
    return other.label()
        + " took between "
        + Words.factor(low)
        + " and "
        + Words.factor(high)
        + " times"
        + (missing > 0 ? " (" + missing + " of the seeds cannot be compared)" : "");
  }

  private static double secondsTo(Entrant entrant, long seed, Level level) {
    for (Run run : entrant.series().runs()) {
      if (run.seed() == seed) {
        return secondsTo(run, level);
      }
    }
    return Double.MAX_VALUE;
  }

  private static double secondsTo(Run run, Level level) {
    Point point = run.firstAtOrBelow(level.objective());
    return point == null ? Double.MAX_VALUE : point.seconds();
  }
}
