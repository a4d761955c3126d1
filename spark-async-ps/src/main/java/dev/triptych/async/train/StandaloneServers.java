package dev.triptych.async.train;

import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.core.InvalidInputException;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Server processes of their own: their addresses as users write them, and whether they answer. */
public final class StandaloneServers {
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  private StandaloneServers() {}

  /**
   * Reads {@code host:port,host:port}.
   *
   * @throws InvalidInputException naming the address that is none, or is named twice
   */
  public static List<Address> parse(String option, String list) {
    List<Address> addresses = new ArrayList<>();
    for (String text : list.split(",", -1)) {
      Address address = parseOne(option, text.strip());
      if (addresses.contains(address)) {
        throw new InvalidInputException(option + ": " + address + " is named twice");
      }
      addresses.add(address);
    }
    return addresses;
  }

  private static Address parseOne(String option, String text) {
    int colon = text.lastIndexOf(':');
    if (colon > 0) {
      try {
        return new Address(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
      } catch (IllegalArgumentException e) {
        // told below: no number, or none that is a port
      }
    }
    throw new InvalidInputException(
        option + ": expected host:port, such as 127.0.0.1:7171, got \"" + text + "\"");
  }

  /**
   * Makes sure that a parameter server answers at each address; from a running Spark driver.
   *
   * @throws InvalidInputException naming those that do not
   */
  public static void reach(List<Address> servers) throws InterruptedException {
    try (Endpoint endpoint =
        Endpoint.open(
            "driver", 1, (request, reply) -> reply.failure("this driver serves nobody"))) {
      reach(endpoint, servers);
    }
  }

  static void reach(Endpoint endpoint, List<Address> servers) throws InterruptedException {
    ByteBuffer question = Message.encode(new Request.Status(new ShardId(0, 0)));
    List<CompletableFuture<ByteBuffer>> answers = new ArrayList<>();
    for (Address server : servers) {
      answers.add(endpoint.call(server, "a first question", question, MAX_WAIT));
    }
    List<String> failures = new ArrayList<>();
    for (int k = 0; k < servers.size(); k++) {
      try {
        Message unused = Message.decode(answers.get(k).get());
      } catch (ExecutionException | MalformedMessageException e) {
        Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
        String reason = String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
        failures.add(servers.get(k) + " (" + reason.lines().findFirst().orElse("") + ")");
      }
    }
    if (!failures.isEmpty()) {
      throw new InvalidInputException(
          "--servers: no parameter server answers at " + String.join(", ", failures));
    }
  }
}
