package dev.triptych.async.plugin;

import dev.triptych.spark.transport.Address;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** On the driver: the parameter servers of the executors, by executor id. Thread-safe. */
public final class ServerDirectory {
  private static volatile @Nullable ServerDirectory current;

  // executor ids are numbers, or "driver" in local mode: shorter first orders the numbers
  private final Map<String, Address> servers =
      new TreeMap<>(
          Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));

  ServerDirectory() {}

  /** The directory of this driver's application, or null if it runs without the plugin. */
  public static @Nullable ServerDirectory current() {
    return current;
  }

  static void publish(ServerDirectory directory) {
    current = directory;
  }

  static void withdraw(ServerDirectory directory) {
    if (current == directory) {
      current = null;
    }
  }

  /** What an executor sends: {@code id host port}. */
  static String entry(String executorId, Address address) {
    return executorId + " " + address.host() + " " + address.port();
  }

  synchronized void register(String entry) {
    String[] parts = entry.split(" ");
    if (parts.length != 3) {
      throw new IllegalArgumentException("expected 'id host port', got '" + entry + "'");
    }
    servers.put(parts[0], new Address(parts[1], Integer.parseInt(parts[2])));
    notifyAll();
  }

  /** Lets {@code replacement} decide under which address a server is reached. */
  synchronized void replace(String executorId, UnaryOperator<Address> replacement) {
    servers.computeIfPresent(executorId, (id, address) -> replacement.apply(address));
  }

  synchronized void remove(String executorId) {
    servers.remove(executorId);
  }

  /** The servers that are there now, in the order of executor ids. */
  public synchronized List<Address> servers() {
    return List.copyOf(servers.values());
  }

  /**
   * The servers that have registered, in the order of executor ids, once there are {@code enough}.
   *
   * @throws IllegalStateException if there are fewer after {@code maxWait}
   */
  public synchronized List<Address> await(int enough, Duration maxWait)
      throws InterruptedException {
    long deadline = System.nanoTime() + maxWait.toNanos();
    while (servers.size() < enough) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new IllegalStateException(
            "only %d of %d executors have registered a parameter server within %d s: %s"
                .formatted(servers.size(), enough, maxWait.toSeconds(), servers));
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return List.copyOf(servers.values());
  }
}
