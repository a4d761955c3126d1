package dev.triptych.cli;

import dev.triptych.testing.JavaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code triptych server} in a process of its own, on a free port. Closing it kills it.
 *
 * @param process as it runs
 * @param address {@code host:port}
 */
record ServerProcess(JavaProcess process, String address) implements AutoCloseable {
  private static final Duration START_WAIT = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("parameter server listening on (\\S+)");

  static ServerProcess start(String... moreArguments) {
    List<String> arguments = new ArrayList<>(List.of("server", "--port", "0"));
    arguments.addAll(List.of(moreArguments));
    JavaProcess process =
        JavaProcess.of("server", Triptych.class.getName())
            .jvmOptions("-Xmx512m")
            .arguments(arguments.toArray(String[]::new))
            .start();
    try {
      return new ServerProcess(process, process.awaitOutput(LISTENING, START_WAIT).group(1));
    } catch (Throwable t) {
      process.close();
      throw t;
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
