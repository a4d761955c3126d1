package dev.triptych.report;

import dev.triptych.report.RunsFile.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Runs that differ in nothing but the seed; a single run is a series of one.
 *
 * @param indices of the runs in their file, ascending
 * @param runs the same runs
 * @param median index in the file of the one that stands for all: the middle one in time
 */
record Series(List<Integer> indices, List<Run> runs, int median) {
  /** Settings that tell what happened in a run, or where, rather than what was asked for. */
  private static final Set<String> OUTCOMES =
      Set.of(
          "seed",
          "bytes",
          "tasks",
          "servers-lost",
          "longest-pause",
          "shards-moved",
          "missed-nodes",
          "rejoined-nodes",
          "checkpoints",
          "resumed");

  /** The series of a file, in the order of their first runs. A seed that comes twice is no seed. */
  static List<Series> of(List<Run> runs) {
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      groups.computeIfAbsent(key(runs.get(i)), unused -> new ArrayList<>()).add(i);
    }
    List<List<Integer>> parts = new ArrayList<>();
    for (List<Integer> group : groups.values()) {
      long seeds = group.stream().map(i -> runs.get(i).seed()).distinct().count();
      if (seeds == group.size()) {
        parts.add(group);
      } else {
        group.forEach(i -> parts.add(List.of(i)));
      }
    }
    parts.sort(Comparator.comparing(part -> part.get(0)));
    return parts.stream()
        .map(part -> new Series(part, part.stream().map(runs::get).toList(), middle(part, runs)))
        .toList();
  }

  private static Object key(Run run) {
    Map<String, String> asked = new TreeMap<>(run.settings());
    asked.keySet().removeAll(OUTCOMES);
    return Arrays.asList(run.mode(), run.algorithm(), asked, run.source());
  }

  private static int middle(List<Integer> part, List<Run> runs) {
    return part.stream()
        .sorted(Comparator.comparingDouble(i -> runs.get(i).trainSeconds()))
        .toList()
        .get((part.size() - 1) / 2);
  }

  /** The run that stands for all. */
  Run representative() {
    return runs.get(indices.indexOf(median));
  }
}
