package dev.triptych.gossip.topology;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a user's graph: one edge {@code from to [weight]} per line, nodes numbered from 0, {@code
 * #} begins a comment. Edges run both ways unless the first line is {@code # directed}.
 *
 * <p>Weights stand on every line or on none. The weight of {@code from to w} is the share that
 * {@code to} gives to {@code from}'s value in its average; a line {@code i i w} is the share that
 * node i gives to its own, which otherwise is what is left of 1.
 */
public final class TopologyFile {
  private TopologyFile() {}

  /**
   * The graph of a file, with as many nodes as its largest number asks for.
   *
   * @throws InvalidInputException if the file cannot be read or understood; names file and line
   */
  public static Topology read(Path file) {
    return parse(file.toString(), lines(file), null);
  }

  /** The graph of a file, on {@code numNodes} nodes. */
  public static Topology read(Path file, int numNodes) {
    return parse(file.toString(), lines(file), numNodes);
  }

  /**
   * The graph of a file's lines.
   *
   * @param numNodes null: one more than the largest node number
   */
  public static Topology parse(String file, List<String> lines, @Nullable Integer numNodes) {
    boolean directed = !lines.isEmpty() && lines.get(0).strip().matches("(?i)#\\s*directed");
    TreeMap<Integer, TreeSet<Integer>> receivers = new TreeMap<>();
    TreeMap<Integer, TreeMap<Integer, Double>> weights = new TreeMap<>();
    @Nullable Boolean weighted = null;
    int largest = -1;
    for (int n = 0; n < lines.size(); n++) {
      String line = lines.get(n);
      String[] fields = fields(line);
      if (fields.length == 0) {
        continue;
      }
      String place = file + ", line " + (n + 1) + ": ";
      if (fields.length < 2 || fields.length > 3) {
        throw new InvalidInputException(
            place + "expected 'from to [weight]', got '" + line.strip() + "'");
      }
      int from = node(place, fields[0], numNodes);
      int to = node(place, fields[1], numNodes);
      if (weighted != null && weighted != (fields.length == 3)) {
        throw new InvalidInputException(
            place + "weights must stand on every line or on none, got '" + line.strip() + "'");
      }
      weighted = fields.length == 3;
      largest = Math.max(largest, Math.max(from, to));
      add(receivers, from, to);
      if (!directed) {
        add(receivers, to, from);
      }
      if (fields.length == 3) {
        double weight = weight(place, fields[2]);
        setWeight(place, weights, to, from, weight);
        if (!directed && from != to) {
          setWeight(place, weights, from, to, weight);
        }
      }
    }
    if (largest < 0) {
      throw new InvalidInputException(file + ": no edges; expected lines 'from to [weight]'");
    }
    int size = numNodes == null ? largest + 1 : numNodes;
    int[][] adjacency = new int[size][];
    for (int i = 0; i < size; i++) {
      adjacency[i] =
          receivers.getOrDefault(i, new TreeSet<>()).stream().mapToInt(Integer::intValue).toArray();
    }
    return Topology.withWeights(file, adjacency, weights.isEmpty() ? null : weights);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(
          "no such topology or file: '"
              + file
              + "'; topologies are "
              + String.join(", ", Topologies.names()),
          e);
    } catch (MalformedInputException e) {
      throw new InvalidInputException(file + ": is not a text file in UTF-8", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static String[] fields(String line) {
    int comment = line.indexOf('#');
    String edge = (comment < 0 ? line : line.substring(0, comment)).strip();
    return edge.isEmpty() ? new String[0] : edge.split("\\s+");
  }

  private static int node(String place, String field, @Nullable Integer numNodes) {
    int node;
    try {
      node = Integer.parseInt(field);
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          place + "expected a node number of 0 or more, got '" + field + "'", e);
    }
    int limit = numNodes == null ? Topology.MAX_NODES : numNodes;
    if (node < 0 || node >= limit) {
      throw new InvalidInputException(
          place + "node " + node + " is outside 0.." + (limit - 1) + " (nodes count from 0)");
    }
    return node;
  }

  private static double weight(String place, String field) {
    double weight;
    try {
      weight = Double.parseDouble(field);
    } catch (NumberFormatException e) {
      throw new InvalidInputException(place + "expected a weight, got '" + field + "'", e);
    }
    if (!(weight > 0 && weight <= 1)) {
      throw new InvalidInputException(place + "a weight lies in (0, 1], got " + field);
    }
    return weight;
  }

  private static void add(TreeMap<Integer, TreeSet<Integer>> receivers, int from, int to) {
    if (from != to) {
      receivers.computeIfAbsent(from, key -> new TreeSet<>()).add(to);
    }
  }

  private static void setWeight(
      String place,
      TreeMap<Integer, TreeMap<Integer, Double>> weights,
      int receiver,
      int sender,
      double weight) {
    Double before = weights.computeIfAbsent(receiver, key -> new TreeMap<>()).put(sender, weight);
    if (before != null && before != weight) {
      throw new InvalidInputException(
          String.format(
              "%sthe edge %d %d has weight %s here and %s above",
              place, sender, receiver, weight, before));
    }
  }
}
