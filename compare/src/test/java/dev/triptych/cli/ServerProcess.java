package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.train.StandaloneServers;
import dev.triptych.spark.transport.Address;
import dev.triptych.testing.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code triptych server} in a process of its own, on a free port. Closing it kills it.
 *
 * @param process as it runs
 * @param address {@code host:port}
 * @param health {@code http://host:port}
 */
record ServerProcess(JavaProcess process, String address, String health) implements AutoCloseable {
  private static final Duration START_WAIT = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("parameter server listening on (\\S+)");
  private static final Pattern HEALTH = Pattern.compile("health at (http://\\S+)/healthz");

  static ServerProcess start(String... moreArguments) {
    return start(Map.of(), moreArguments);
  }

  static ServerProcess start(Map<String, String> environment, String... moreArguments) {
    return start(0, environment, moreArguments);
  }

  static ServerProcess start(int port, Map<String, String> environment, String... moreArguments) {
    List<String> arguments =
        new ArrayList<>(List.of("server", "--port", String.valueOf(port), "--health-port", "0"));
    arguments.addAll(List.of(moreArguments));
    JavaProcess.Builder builder =
        JavaProcess.of("server", Triptych.class.getName())
            .jvmOptions("-Xmx512m")
            .arguments(arguments.toArray(String[]::new));
    environment.forEach(builder::environment);
    JavaProcess process = builder.start();
    try {
      String address = process.awaitOutput(LISTENING, START_WAIT).group(1);
      return new ServerProcess(process, address, process.awaitOutput(HEALTH, START_WAIT).group(1));
    } catch (Throwable t) {
      process.close();
      throw t;
    }
  }

  /** Answer of the health port; its body, or its status if that is not 200. */
  String get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(health + path)).timeout(START_WAIT).build(),
                HttpResponse.BodyHandlers.ofString());
    return response.statusCode() == 200 ? response.body() : "status " + response.statusCode();
  }

  /** A number from {@code /metrics}. */
  double metric(String name) throws IOException, InterruptedException {
    String page = get("/metrics");
    Matcher line = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(page);
    assertThat(line.find()).as(name + " in\n" + page).isTrue();
    return Double.parseDouble(line.group(1));
  }

  /** The parts of {@link #address}. */
  Address place() {
    return StandaloneServers.parse("", address).get(0);
  }

  @Override
  public void close() {
    process.close();
  }
}
