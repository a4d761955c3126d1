package dev.triptych.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A child JVM with the options that Spark needs, its output kept in a file. Closing it ends it and
 * the processes it has started.
 */
public final class JavaProcess implements AutoCloseable {
  private static final Duration END_WAIT = Duration.ofSeconds(20);

  private final String name;
  private final Path log;
  private final Process process;

  private JavaProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /** What to start. */
  public static final class Builder {
    private final String name;
    private final String mainClass;
    private String classPath = testClassPath();
    private final List<String> jvmOptions = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private Path directory = Path.of("");

    private Builder(String name, String mainClass) {
      this.name = name;
      this.mainClass = mainClass;
    }

    /** Instead of the test class path. */
    public Builder classPath(String entries) {
      classPath = entries;
      return this;
    }

    /** More options for the JVM. */
    public Builder jvmOptions(String... options) {
      jvmOptions.addAll(List.of(options));
      return this;
    }

    /** Arguments of the main class. */
    public Builder arguments(String... values) {
      arguments.addAll(List.of(values));
      return this;
    }

    /** One more variable in its environment. */
    public Builder environment(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** Where it runs, instead of where this process does. */
    public Builder directory(Path folder) {
      directory = folder;
      return this;
    }

    /** Starts the process in the current environment. */
    public JavaProcess start() {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of(SparkSessions.javaOptions().split(" +")));
      command.addAll(jvmOptions);
      command.addAll(List.of("-cp", classPath, mainClass));
      command.addAll(arguments);
      try {
        Path folder = Files.createDirectories(Path.of("target", "processes"));
        Path log = Files.createTempFile(folder.toAbsolutePath(), name + "-", ".log");
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.directory(directory.toAbsolutePath().toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> destroy(process)));
        return new JavaProcess(name, log, process);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * A process yet to be started.
   *
   * @param name of the log file and in messages
   */
  public static Builder of(String name, String mainClass) {
    return new Builder(name, mainClass);
  }

  /** The class path of the running test. */
  public static String testClassPath() {
    return System.getProperty("java.class.path");
  }

  /**
   * The class path of the running test without Triptych's own classes: what a Spark installation
   * offers to a submitted jar.
   */
  public static String sparkClassPath() {
    return Stream.of(testClassPath().split(File.pathSeparator))
        .map(File::new)
        .filter(entry -> entry.isFile() && !entry.getName().startsWith("triptych-"))
        .map(File::getPath)
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Everything it has printed so far, standard error included. */
  public String output() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /**
   * Waits for a line to be printed and returns the match.
   *
   * @throws AssertionError with the output, if it does not come within {@code maxWait} or the
   *     process ends before
   */
  public Matcher awaitOutput(Pattern line, Duration maxWait) {
    try {
      Awaitility.await()
          .atMost(maxWait)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !process.isAlive() || line.matcher(output()).find());
    } catch (ConditionTimeoutException e) {
      throw failed("has not printed \"" + line + "\" within " + maxWait.toSeconds() + " s");
    }
    Matcher matcher = line.matcher(output());
    if (!matcher.find()) {
      throw failed("has ended without printing \"" + line + "\"");
    }
    return matcher;
  }

  /**
   * Waits for the process to end and returns its exit status.
   *
   * @throws AssertionError with the output, if it does not end within {@code maxWait}; it is ended
   */
  public int awaitExit(Duration maxWait) throws InterruptedException {
    if (!process.waitFor(maxWait.toMillis(), TimeUnit.MILLISECONDS)) {
      AssertionError failure = failed("has not ended within " + maxWait.toSeconds() + " s");
      close();
      throw failure;
    }
    return process.exitValue();
  }

  /** Asks the process to end, as {@code kill} does; it may finish what it is at. */
  public void terminate() {
    process.destroy();
  }

  /** Ends the process at once, as {@code kill -9} does, with the processes it has started. */
  @Override
  public void close() {
    List<ProcessHandle> all = destroy(process);
    Awaitility.await(name + " ends")
        .atMost(END_WAIT)
        .until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static List<ProcessHandle> destroy(Process process) {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    return all;
  }

  private AssertionError failed(String what) {
    return new AssertionError(name + " " + what + "; its output:\n" + output());
  }
}
