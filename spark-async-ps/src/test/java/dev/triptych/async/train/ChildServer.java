package dev.triptych.async.train;

import dev.triptych.spark.transport.Address;
import dev.triptych.testing.JavaProcess;
import java.time.Duration;
import java.util.regex.Pattern;

/** A {@link ServerMain} that runs. Closing it is {@code kill -9}. */
record ChildServer(JavaProcess process, Address address) implements AutoCloseable {
  private static final Duration START_WAIT = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("listening on (\\S+):(\\d+)");

  static ChildServer start(int port) {
    JavaProcess process =
        JavaProcess.of("server", ServerMain.class.getName())
            .jvmOptions("-Xmx256m")
            .arguments(String.valueOf(port))
            .start();
    try {
      var line = process.awaitOutput(LISTENING, START_WAIT);
      return new ChildServer(process, new Address(line.group(1), Integer.parseInt(line.group(2))));
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
