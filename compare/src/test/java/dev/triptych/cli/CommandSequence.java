package dev.triptych.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the commands of a file, one a line with tabs between the words, one after the other in one
 * JVM, and prints {@code ### line status milliseconds} and what it said for each.
 */
public final class CommandSequence {
  private CommandSequence() {}

  public static void main(String[] args) throws IOException {
    PrintWriter results = new PrintWriter(System.out, true);
    List<String> commands = Files.readAllLines(Path.of(args[0]));
    for (int i = 0; i < commands.size(); i++) {
      StringWriter said = new StringWriter();
      PrintWriter console = new PrintWriter(said, true);
      long start = System.nanoTime();
      int status = Triptych.run(commands.get(i).split("\t"), console, console);
      results.printf("### %d %d %d%n", i, status, (System.nanoTime() - start) / 1_000_000);
      results.println(said);
    }
    System.exit(ExitStatus.OK);
  }
}
