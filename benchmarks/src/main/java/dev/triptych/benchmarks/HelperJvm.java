package dev.triptych.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM with this one's class path and options. It says one line on its standard output when
 * it is ready, and ends when its standard input does, so that it never outlives this process.
 */
final class HelperJvm implements AutoCloseable {
  private final Process process;
  private final String firstLine;

  private HelperJvm(Process process, String firstLine) {
    this.process = process;
    this.firstLine = firstLine;
  }

  /** Starts {@code main} with the arguments and waits for its first line. */
  static HelperJvm start(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add(main.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    // The class path may be too long for a command line.
    builder.environment().putAll(Map.of("CLASSPATH", System.getProperty("java.class.path")));
    Process process = builder.start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null) {
      process.destroyForcibly();
      throw new IOException(main.getSimpleName() + " ended before it was ready");
    }
    return new HelperJvm(process, line);
  }

  /** Blocks until the parent has closed this process's standard input. */
  static void awaitParent() throws IOException {
    while (System.in.read() >= 0) {
      continue;
    }
  }

  /** What it said. */
  String firstLine() {
    return firstLine;
  }

  /** Writes a line to its standard input. */
  void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
