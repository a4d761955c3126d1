package dev.triptych.async.plugin;

import dev.triptych.spark.transport.Address;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Lets tests put something between workers and servers. */
public final class DirectoryEntries {
  private DirectoryEntries() {}

  /** Replaces the addresses of {@code count} servers, waiting for them to register. */
  public static void replace(int count, UnaryOperator<Address> replacement) throws Exception {
    ServerDirectory directory = ServerDirectory.current();
    if (directory == null) {
      throw new IllegalStateException("Spark runs without the plugin");
    }
    directory.await(count, Duration.ofSeconds(30));
    for (int executor = 0; executor < count; executor++) {
      directory.replace(String.valueOf(executor), replacement);
    }
  }
}
