package dev.triptych.async.order;

import dev.triptych.core.InvalidInputException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The orders of all shards of a run, and the file they are kept in ({@code PROTOCOL.md} has its
 * format).
 *
 * @param settings in one line; a replay must have the same
 * @param shards by shard
 */
public record RecordedRun(String settings, List<ArrivalOrder> shards) {
  private static final String FIRST_LINE = "triptych-order 1";
  private static final String LAST_LINE = "end";

  public RecordedRun {
    shards = List.copyOf(shards);
  }

  /** Writes the file; it is there whole or not at all. */
  public void write(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path part = absolute.resolveSibling(absolute.getFileName() + ".part");
    try (BufferedWriter out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
      line(out, FIRST_LINE);
      line(out, "settings " + settings);
      line(out, "workers " + (shards.isEmpty() ? 0 : shards.get(0).numWorkers()));
      line(out, "shards " + shards.size());
      for (int shard = 0; shard < shards.size(); shard++) {
        ArrivalOrder order = shards.get(shard);
        line(out, "shard " + shard + " pushes " + order.size());
        for (int k = 0; k < order.size(); k++) {
          line(out, order.worker(k) + " " + order.versionRead(k));
        }
      }
      line(out, LAST_LINE);
    }
    Files.move(part, absolute, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void line(BufferedWriter out, String text) throws IOException {
    out.write(text);
    out.write('\n');
  }

  /**
   * Reads a file.
   *
   * @throws InvalidInputException if it cannot be read or is no such file; names the line
   */
  public static RecordedRun read(Path file) {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return new Lines(file, in).readRun();
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read as a recorded order", e);
    }
  }

  private static final class Lines {
    private final Path file;
    private final BufferedReader in;
    private int number;

    Lines(Path file, BufferedReader in) {
      this.file = file;
      this.in = in;
    }

    RecordedRun readRun() throws IOException {
      if (!FIRST_LINE.equals(next())) {
        throw flaw("expected \"" + FIRST_LINE + "\", so this is no recorded order");
      }
      String settings = after("settings ");
      int numWorkers = number(after("workers "), 1, 1 << 16);
      int numShards = number(after("shards "), 1, 1 << 16);
      List<ArrivalOrder> shards = new ArrayList<>();
      for (int shard = 0; shard < numShards; shard++) {
        int numPushes = number(after("shard " + shard + " pushes "), 0, Integer.MAX_VALUE);
        ArrivalOrder order = new ArrivalOrder(numWorkers);
        for (int k = 0; k < numPushes; k++) {
          String line = next();
          int space = line.indexOf(' ');
          if (space < 0) {
            throw flaw("expected a worker and the version it read, got \"" + line + "\"");
          }
          int worker = number(line.substring(0, space), 0, numWorkers - 1);
          order.add(worker, number(line.substring(space + 1), 0, k));
        }
        shards.add(order);
      }
      if (!LAST_LINE.equals(next())) {
        throw flaw("expected \"" + LAST_LINE + "\"");
      }
      if (in.readLine() != null) {
        number++;
        throw flaw("expected nothing after \"" + LAST_LINE + "\"");
      }
      return new RecordedRun(settings, shards);
    }

    private String after(String start) throws IOException {
      String line = next();
      if (!line.startsWith(start)) {
        throw flaw("expected \"" + start + "…\", got \"" + line + "\"");
      }
      return line.substring(start.length());
    }

    private String next() throws IOException {
      String line = in.readLine();
      number++;
      if (line == null) {
        throw flaw("the file ends too early");
      }
      return line.length() > 200 && number != 2 ? line.substring(0, 200) : line;
    }

    private int number(String text, int least, int most) {
      @Nullable Integer value;
      try {
        value = Integer.valueOf(text);
      } catch (NumberFormatException e) {
        value = null;
      }
      if (value == null || value < least || value > most) {
        throw flaw("expected a number from %d to %d, got \"%s\"".formatted(least, most, text));
      }
      return value;
    }

    private InvalidInputException flaw(String what) {
      return new InvalidInputException(file + ":" + number + ": " + what);
    }
  }
}
