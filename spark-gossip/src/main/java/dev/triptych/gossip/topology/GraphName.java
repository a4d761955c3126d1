package dev.triptych.gossip.topology;

import dev.triptych.core.InvalidInputException;
import java.util.Arrays;
import java.util.List;

/**
 * A graph's name with its arguments, {@code name:argument:argument}, as on the command line.
 *
 * @param text the whole
 * @param name what stands before the first colon
 * @param arguments the rest; an argument that is left out has a default
 */
public record GraphName(String text, String name, List<String> arguments) {

  /** Splits at the colons. */
  public static GraphName parse(String text) {
    String[] parts = text.split(":", -1);
    return new GraphName(text, parts[0], List.of(parts).subList(1, parts.length));
  }

  /**
   * Refuses more arguments than the graph knows.
   *
   * @param form how the name is written, with all arguments
   */
  public void limit(int numArguments, String form) {
    if (arguments.size() > numArguments) {
      throw new InvalidInputException("topology " + text + ": expected " + form);
    }
  }

  /** A whole number between two limits, or {@code otherwise} if it was left out. */
  public int count(int index, String what, int least, int most, int otherwise) {
    if (index >= arguments.size()) {
      return otherwise;
    }
    return number(arguments.get(index), what, least, most);
  }

  /** A seed, 1 if it was left out. */
  long seed(int index) {
    return count(index, "seed", 0, Integer.MAX_VALUE, 1);
  }

  /** A number in [0, 1], or {@code otherwise} if it was left out. */
  double probability(int index, double otherwise) {
    if (index >= arguments.size()) {
      return otherwise;
    }
    String argument = arguments.get(index);
    double value;
    try {
      value = Double.parseDouble(argument);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (!(value >= 0 && value <= 1)) {
      throw new InvalidInputException(
          "topology " + text + ": expected a probability in [0, 1], got '" + argument + "'");
    }
    return value;
  }

  /** Two whole numbers {@code AxB}. */
  int[] grid(int index) {
    String[] sides = arguments.get(index).split("x", -1);
    if (sides.length != 2) {
      throw new InvalidInputException(
          "topology " + text + ": expected a grid like 4x8, got '" + arguments.get(index) + "'");
    }
    return Arrays.stream(sides)
        .mapToInt(side -> number(side, "side", 1, Topology.MAX_NODES))
        .toArray();
  }

  private int number(String argument, String what, int least, int most) {
    long value;
    try {
      value = Long.parseLong(argument);
    } catch (NumberFormatException e) {
      value = Long.MIN_VALUE;
    }
    if (value < least || value > most) {
      throw new InvalidInputException(
          String.format(
              "topology %s: expected a %s of %d to %d, got '%s'",
              text, what, least, most, argument));
    }
    return (int) value;
  }
}
