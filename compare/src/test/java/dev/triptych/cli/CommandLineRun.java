package dev.triptych.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.StreamSupport;

/** One run of the command line inside the test's JVM, and what it said. */
public record CommandLineRun(int status, String out, String err) {

  public static CommandLineRun of(String... args) {
    SparkSessions.stopShared();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Triptych.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
    return new CommandLineRun(status, out.toString(), err.toString());
  }

  /** With more arguments at the end. */
  static CommandLineRun of(String[] args, String... more) {
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return of(all);
  }

  /** {@code runs.json} of an output folder. */
  static JsonNode runs(Path out) throws IOException {
    return new ObjectMapper().readTree(out.resolve("runs.json").toFile());
  }

  /** The run of one mode in {@code runs.json}. */
  static JsonNode run(Path out, String mode) throws IOException {
    return StreamSupport.stream(runs(out).get("runs").spliterator(), false)
        .filter(run -> run.get("mode").asText().equals(mode))
        .findFirst()
        .orElseThrow();
  }
}
