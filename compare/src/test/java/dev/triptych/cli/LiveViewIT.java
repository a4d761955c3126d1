package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class LiveViewIT {
  private static final Pattern OBJECTIVE =
      Pattern.compile("<th>Objective</th><td>(\\d+\\.\\d+)</td>");

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir Path folder;

  @Test
  void aTabOfSparksWebInterfaceTellsObjectiveStalenessAndLoadWhileTheRunGoesOn() {
    SparkSessions.stopShared();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CompletableFuture<Integer> run =
        CompletableFuture.supplyAsync(
            () ->
                Triptych.run(
                    new String[] {
                      "train",
                      "--mode",
                      "async",
                      "--data",
                      "synthetic:clicklog,rows=2000,features=100,nonzeros=8,seed=5",
                      "--workers",
                      "2",
                      "--batch",
                      "10",
                      "--epochs",
                      "8",
                      "--compute-delay",
                      "5ms",
                      "--target",
                      "0.0001",
                      "--master",
                      "local[2]",
                      "--conf",
                      "spark.ui.enabled=true",
                      "--conf",
                      "spark.ui.port=0",
                      "--no-weights",
                      "--out",
                      folder.resolve("out").toString()
                    },
                    new PrintWriter(out, true),
                    new PrintWriter(err, true)));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> run.isDone() || out.toString().contains("Live: "));
    assertThat(run).as(err.toString()).isNotDone();
    Matcher url = Pattern.compile("Live: (\\S+)").matcher(out.toString());
    assertThat(url.find()).isTrue();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              String page = get(url.group(1));
              Matcher objective = OBJECTIVE.matcher(page);
              return objective.find()
                  && Double.parseDouble(objective.group(1)) < Math.log(2)
                  && page.contains("<th>Staleness</th><td>mean")
                  && page.contains("<th>MB received</th>")
                  && page.contains(">Training</a>");
            });
    assertThat(run).as("the page told it before the run ended").isNotDone();
    assertThat(run.join()).as("the target is out of reach").isEqualTo(ExitStatus.STOPPED_SHORT);
  }

  private String get(String url) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }
}
