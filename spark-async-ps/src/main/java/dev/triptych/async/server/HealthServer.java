package dev.triptych.async.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.triptych.async.metrics.PrometheusText;
import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * How a stand-alone server is, over HTTP, for Kubernetes and Prometheus: {@code /healthz} is 200
 * while every shard is served, {@code /readyz} while new runs are taken, else 503; {@code /metrics}
 * is Prometheus text. Takes GET and HEAD only, reads no body and tells no weights.
 */
public final class HealthServer implements AutoCloseable {
  private final HttpServer http;
  private final ExecutorService executor;

  private HealthServer(HttpServer http, ExecutorService executor) {
    this.http = http;
    this.executor = executor;
  }

  /**
   * Answers for {@code server}.
   *
   * @param port 0 for any free one
   * @throws InvalidInputException if it cannot listen there
   */
  public static HealthServer start(ParameterServer server, String host, int port) {
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(host, port), 0);
    } catch (IOException e) {
      throw ListenAddress.cannotListen(host, port, e);
    }
    ExecutorService executor =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "triptych-health");
              thread.setDaemon(true);
              return thread;
            });
    http.setExecutor(executor);
    http.createContext("/healthz", exchange -> probe(exchange, "/healthz", server::isHealthy));
    http.createContext("/readyz", exchange -> probe(exchange, "/readyz", server::isReady));
    http.createContext(
        "/metrics",
        exchange ->
            answer(
                exchange, "/metrics", 200, PrometheusText.CONTENT_TYPE, server.metricsInWords()));
    http.start();
    return new HealthServer(http, executor);
  }

  /** Where it listens. */
  public int port() {
    return http.getAddress().getPort();
  }

  private static void probe(HttpExchange exchange, String path, BooleanSupplier good)
      throws IOException {
    boolean isGood = good.getAsBoolean();
    answer(exchange, path, isGood ? 200 : 503, "text/plain", isGood ? "ok\n" : "no\n");
  }

  private static void answer(
      HttpExchange exchange, String path, int status, String contentType, String body)
      throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      boolean head = method.equals("HEAD");
      if (!exchange.getRequestURI().getPath().equals(path)) {
        exchange.sendResponseHeaders(404, -1);
      } else if (!head && !method.equals("GET")) {
        exchange.sendResponseHeaders(405, -1);
      } else {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
        if (!head) {
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        }
      }
    }
  }

  @Override
  public void close() {
    http.stop(0);
    executor.shutdownNow();
  }
}
