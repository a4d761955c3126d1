package dev.triptych.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.triptych.cli.CommandLineRun;
import dev.triptych.report.RunsFile.Point;
import dev.triptych.report.RunsFile.Run;
import dev.triptych.report.RunsFile.Shard;
import dev.triptych.report.RunsFile.Span;
import dev.triptych.report.RunsFile.SpanTotals;
import dev.triptych.report.RunsFile.Staleness;
import dev.triptych.report.RunsFile.Timeline;
import dev.triptych.report.RunsFile.TimelineWorker;
import dev.triptych.report.RunsFile.Worker;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * The page as a browser shows it: of one run in three modes by the command line, and of runs on a
 * virtual clock. Skipped where Chromium or its driver is not installed.
 */
@Timeout(180)
class ReportIT {
  private static final TrainedRuns TRAINING = new TrainedRuns();
  private static final Map<String, ToDoubleFunction<Point>> AXES =
      Map.of(
          "seconds",
          Point::seconds,
          "epochs",
          Point::epochs,
          "updates",
          Point::updates,
          "bytes",
          point -> Objects.requireNonNull(point.bytes()));

  @TempDir static Path folder;

  private static @Nullable Browser openBrowser;
  private static @Nullable RunsFile real;
  private static String opened = "";

  @BeforeAll
  static void trainAndOpen() throws IOException {
    openBrowser = Browser.open(folder);
    CommandLineRun run =
        CommandLineRun.of(
            "compare",
            "--data",
            "synthetic:clicklog,rows=2000,features=500",
            "--workers",
            "4",
            "--epochs",
            "2",
            "--batch",
            "64",
            "--compute-delay",
            "3ms",
            "--slow-worker",
            "2:10x",
            "--servers",
            "2",
            "--delay-rule",
            "mishchenko",
            "--no-weights",
            "--out",
            folder.resolve("real").toString());
    assertThat(run.status()).as(run.err()).isZero();
    real = ReportFiles.read(folder.resolve("real"));
    ReportFiles.write(folder.resolve("trained"), TRAINING.file());
  }

  @AfterAll
  static void closeBrowser() {
    if (openBrowser != null) {
      openBrowser.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {390, 1440})
  void everyChartIsDrawnWithoutAnErrorAndWithoutTheNetwork(int width) {
    open("real", width);

    assertThat(browser().console()).isEmpty();
    assertThat(browser().number("return performance.getEntriesByType('resource').length")).isZero();
    List<?> keys = (List<?>) browser().script("return Object.keys(triptych.charts)");
    assertThat(keys.toString())
        .contains(
            "objective",
            "gap",
            "test",
            "timeline0",
            "timeline1",
            "timeline2",
            "staleness1",
            "staleness-workers1",
            "steps1",
            "shards1",
            "graph2",
            "contraction2");
    for (Object key : keys) {
      assertThat(
              browser()
                  .number(
                      "return document.querySelectorAll('#chart-' + arguments[0] + ' svg path')"
                          + ".length",
                      key))
          .as("%s at %d pixels", key, width)
          .isGreaterThan(3);
    }
    assertThat(browser().script("return window.innerWidth")).isEqualTo((long) width);
    assertThat(browser().script("return document.documentElement.scrollWidth"))
        .as("nothing is wider than the screen")
        .isEqualTo(browser().script("return document.documentElement.clientWidth"));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(widths("chart.getWidth()"))
                    .isEqualTo(widths("chart.getDom().clientWidth")));
  }

  @Test
  void thePageTellsWhatTheDataSayEvenWhenTheyLookLikeMarkup() {
    open("trained", 1440);

    assertThat(browser().console()).isEmpty();
    assertThat(browser().title()).contains("</script>").endsWith("Triptych");
    assertThat(browser().find("#headline").getText().replace('\u00a0', ' '))
        .startsWith(Verdict.of(TRAINING.file()).headline().substring(0, 14));
  }

  @ParameterizedTest
  @ValueSource(strings = {"seconds", "epochs", "updates", "bytes"})
  void hoveringShowsEveryModeAsInRunsJson(String axis) {
    openReal();
    browser().find("#axis label:has(input[value=" + axis + "])").click();

    for (int right : new int[] {-120, -40, 90}) {
      browser().hover(browser().find("#chart-objective .plot"), right, 0);

      WebElement tip = browser().find("#chart-objective .tip");
      assertThat(tip.getDomAttribute("data-axis")).isEqualTo(axis);
      double x = Double.parseDouble(attribute(tip, "data-x"));
      assertThat(x).isPositive();
      for (int i = 0; i < real().runs().size(); i++) {
        Run run = real().runs().get(i);
        ToDoubleFunction<Point> along = Objects.requireNonNull(AXES.get(axis));
        assertThat(shown(i, "objective"))
            .as("F of %s at %s %s", run.mode(), x, axis)
            .isCloseTo(valueAt(run.trace(), along, Point::objective, x), within(1e-12));
        assertThat(shown(i, "test"))
            .as("accuracy of %s at %s %s", run.mode(), x, axis)
            .isCloseTo(valueAt(run.trace(), along, ReportIT::tested, x), within(1e-12));
      }
    }
  }

  @Test
  void theTimelineShowsHowLongTheWorkersWaitedToAHundredth() {
    openReal();

    for (int i = 0; i < real().runs().size(); i++) {
      Timeline timeline = Objects.requireNonNull(real().runs().get(i).timeline());
      double waiting = 0;
      double all = 0;
      for (TimelineWorker worker : timeline.workers()) {
        SpanTotals totals = worker.totals();
        waiting += totals.waiting();
        all += totals.computing() + totals.communicating() + totals.waiting();
      }
      assertThat(
              Double.parseDouble(
                  attribute(
                      browser().find("#chart-timeline" + i + " .note"), "data-waiting-share")))
          .isCloseTo(waiting / all, within(0.01));
      if (!timeline.sampled()) {
        for (int worker = 0; worker < timeline.workers().size(); worker++) {
          assertThat(
                  browser()
                      .number(
                          "const worker = triptych.timelineOf(triptych.data.runs[arguments[0]])"
                              + "[arguments[1]]; return worker.waitingShareOfSpans - worker.waitingShare",
                          i,
                          worker))
              .as("spans against totals of worker %d, run %d", worker, i)
              .isCloseTo(0, within(0.01));
        }
      }
    }
  }

  @Test
  void oneSeesTheOthersWaitForTheSlowWorkerWhereEveryStepNeedsAll() {
    openReal();

    for (int worker : new int[] {0, 1, 3}) {
      assertThat(waitingShare(0, worker))
          .as("sync, worker %d, against the slow one", worker)
          .isGreaterThan(waitingShare(0, 2));
      assertThat(waitingShare(2, worker) - waitingShare(2, 2))
          .as("gossip, worker %d, against the slow one", worker)
          .isGreaterThan(0.3);
      assertThat(waitingShare(2, worker))
          .as("worker %d in gossip, against async", worker)
          .isGreaterThan(waitingShare(1, worker));
    }
    assertThat(browser().findAll("#chart-timeline0 svg path").size())
        .as("spans are drawn")
        .isGreaterThan(30);
  }

  @Test
  void stalenessIsToldForEachWorkerAndLoadForEachShard() {
    Run async = real().runs().get(1);
    Staleness all = Objects.requireNonNull(async.staleness());
    long[] byWorker = new long[all.histogram().size()];
    for (Worker worker : async.workers()) {
      List<Long> own = Objects.requireNonNull(worker.staleness()).histogram();
      for (int delay = 0; delay < own.size(); delay++) {
        byWorker[delay] += own.get(delay);
      }
    }
    assertThat(byWorker).isEqualTo(all.histogram().stream().mapToLong(each -> each).toArray());
    assertThat(Objects.requireNonNull(async.workers().get(2).staleness()).mean())
        .as("the slow worker's gradients are the oldest")
        .isGreaterThan(1.5 * all.mean());
    assertThat(async.shards()).hasSize(2);
    assertThat(async.shards().stream().mapToLong(Shard::parameters).sum())
        .isEqualTo(real().data().features());
    assertThat(async.shards().stream().mapToLong(s -> s.bytesReceived() + s.bytesSent()).sum())
        .isEqualTo(async.bytesSent());

    openReal();

    assertThat(
            (List<?>)
                browser()
                    .script(
                        "return triptych.charts.shards1.getOption().series"
                            + ".map(series => series.data)"))
        .isEqualTo(
            List.of(
                async.shards().stream().map(Shard::bytesReceived).toList(),
                async.shards().stream().map(Shard::bytesSent).toList()));
  }

  @Test
  void theArrowKeysReadTheSameValuesAloud() {
    openReal();
    WebElement plot = browser().find("#chart-objective .plot");

    browser().press(plot, Keys.END);

    String said = browser().find("#spoken").getDomProperty("textContent");
    for (Run run : real().runs()) {
      assertThat(said).contains(run.mode() + " F ");
    }
    assertThat(browser().findAll("#chart-objective .tip tr[data-series]")).hasSize(3);
  }

  @Test
  void theLogSwitchChangesEveryChartOfTheObjective() {
    openReal();
    WebElement button = browser().find("#scale-log");
    assertThat(button.getDomAttribute("aria-pressed")).isEqualTo("true");
    assertThat(axisTypes("yAxis")).containsExactly("log", "log", "value");

    button.click();

    assertThat(button.getDomAttribute("aria-pressed")).isEqualTo("false");
    assertThat(axisTypes("yAxis")).containsExactly("value", "value", "value");

    button.click();

    assertThat(axisTypes("yAxis")).containsExactly("log", "log", "value");
  }

  @Test
  void theLegendHidesAModeInEveryChart() {
    openReal();
    WebElement button = browser().find("#legend button");

    button.click();

    assertThat(button.getDomAttribute("aria-pressed")).isEqualTo("false");
    assertThat(drawnPoints(0)).containsOnly(0L);
    assertThat(drawnPoints(1)).doesNotContain(0L);

    button.click();

    assertThat(drawnPoints(0)).doesNotContain(0L);
  }

  @Test
  void zoomingOneChartZoomsAllAndOneButtonUndoesIt() {
    openReal();

    browser().press(browser().find("#chart-gap .plot"), Keys.HOME, "++");

    assertThat(zoomEnds()).containsOnly(25.0);

    browser().find("#zoom-reset").click();

    assertThat(zoomEnds()).containsOnly(100.0);
  }

  @Test
  void whatIsDownloadedParsesAndHoldsTheNumbersOfRunsJson() throws Exception {
    openReal();
    long points = real().runs().stream().mapToLong(run -> run.trace().size()).sum();

    List<String> csv = Files.readString(download("objective", "csv")).lines().toList();
    assertThat(csv.get(0)).isEqualTo("run,mode,seed,seconds,epochs,updates,bytes,objective");
    assertThat(csv).hasSize((int) points + 1);
    String[] last = csv.get(real().runs().get(0).trace().size()).split(",", -1);
    assertThat(Double.parseDouble(last[7])).isEqualTo(real().runs().get(0).finalObjective());

    JsonNode json = new ObjectMapper().readTree(download("test", "json").toFile());
    assertThat(json.get("rows")).hasSize((int) points);
    assertThat(json.get("columns").get(7).asText()).isEqualTo("test");

    var svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(download("gap", "svg").toFile());
    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg.getElementsByTagName("path").getLength()).isGreaterThan(10);
    assertThat(svg.getDocumentElement().getTextContent()).contains("sync", "async", "gossip");

    BufferedImage png = ImageIO.read(download("graph2", "png").toFile());
    assertThat(png.getWidth()).isEqualTo(1920);
  }

  @Test
  void everyChartHasItsNumbersAndItsPicture() {
    openReal();

    List<?> kinds =
        (List<?>)
            browser()
                .script(
                    "return [...document.querySelectorAll('figure.chart')].map(figure =>"
                        + " [...figure.querySelectorAll('.choices button')]"
                        + ".map(button => button.dataset.kind).join(' '))");

    assertThat(kinds.stream().map(String::valueOf)).isNotEmpty().containsOnly("csv json svg png");
  }

  @ParameterizedTest
  @CsvSource({"light, 1440", "light, 390", "dark, 390"})
  void axeFindsNoSeriousFault(String scheme, int width) throws IOException {
    browser().colours(scheme);
    try {
      open("real", width);

      assertThat(browser().accessibilityFaults()).isEmpty();
    } finally {
      browser().colours("light");
      opened = "";
    }
  }

  @Test
  void onPaperThereAreChartsAndTablesButNothingToPress() {
    openReal();

    browser().screen(703, 1000); // A4 without its margins
    browser().medium("print");

    try {
      assertThat(browser().number("return document.documentElement.scrollWidth"))
          .as("nothing is cut off at the right")
          .isLessThanOrEqualTo(703);
      assertThat(browser().find("#chart-objective svg").isDisplayed()).isTrue();
      assertThat(browser().find("#settings table").isDisplayed()).isTrue();
      assertThat(browser().find("#zoom-reset").isDisplayed()).isFalse();
      assertThat(browser().find("#chart-objective .download").isDisplayed()).isFalse();
    } finally {
      browser().medium("");
    }
  }

  @Test
  void theCommandThatRepeatsTheRunsIsOnThePage() {
    openReal();

    assertThat(browser().find("#command").getText())
        .isEqualTo(real().command())
        .contains("--slow-worker 2:10x");
  }

  @Test
  void aRunThatDivergesLeavesThePicture() throws IOException {
    ReportFiles.write(
        folder.resolve("odd"),
        TRAINING.file(
            0.5,
            null,
            List.of(
                Runs.of(TRAINING.diverging(), 0.5, Map.of(), null),
                Runs.of(TRAINING.sync(0.5), 0.5, Map.of(), null))));

    open("odd", 1440);

    assertThat(browser().console()).isEmpty();
    assertThat(browser().find("#scores").getText()).contains("diverged at update 183");
    assertThat(browser().number("return triptych.charts.objective.getOption().yAxis[0].max"))
        .as("the diverging run leaves the picture")
        .isLessThan(2);
  }

  @Test
  void severalSeedsAreOneLineTheirMedianWithABandAroundIt() throws IOException {
    RunsFile seeds =
        HandMade.file(
            null,
            null,
            HandMade.run("sync", 1, 0.8, 0.6).seed(1),
            HandMade.run("sync", 1, 0.7, 0.5).seed(2),
            HandMade.run("sync", 1, 0.9, 0.4).seed(3),
            HandMade.run("async", 0.5, 0.8, 0.5).seed(1),
            HandMade.run("async", 0.4, 0.8, 0.5).seed(2),
            HandMade.run("async", 0.3, 0.8, 0.5).seed(3));
    ReportFiles.write(folder.resolve("seeds"), seeds);

    open("seeds", 1440);

    assertThat(browser().console()).isEmpty();
    assertThat(browser().findAll("#scores tbody tr")).hasSize(2);
    assertThat(
            (List<?>)
                browser()
                    .script(
                        "const y = triptych.readout('seconds', 1)[0].values.objective;"
                            + "return [y.low, y.y, y.high]"))
        .isEqualTo(List.of(0.7, 0.8, 0.9));
    assertThat(
            browser()
                .number(
                    "return triptych.charts.objective.getOption().series"
                        + ".filter(series => series.type === 'custom').length"))
        .as("bands")
        .isEqualTo(2);
    assertThat(browser().find("#confidence").getText()).contains("async was first with 3 of 3");
  }

  @Test
  void threeModesOfEightWorkersWithFiveSeedsStayBelowFiveMegabytes() throws IOException {
    List<Run> runs = new ArrayList<>();
    for (int seed = 1; seed <= 5; seed++) {
      for (Run run : real().runs()) {
        runs.add(large(run, seed));
      }
    }
    RunsFile file = new RunsFile(null, null, real().problem(), real().data(), runs);
    ReportFiles.write(folder.resolve("large"), file);

    assertThat(Files.size(folder.resolve("large").resolve(ReportFiles.REPORT_HTML)))
        .isBetween(2_000_000L, 5_000_000L);
    open("large", 1440);
    assertThat(browser().console()).isEmpty();
    assertThat(browser().findAll("#scores tbody tr")).hasSize(3);
    assertThat(browser().find("#confidence").getText()).contains("of 5 seeds");
  }

  /** The same run with eight workers of 200 spans each, as many as there may be. */
  private static Run large(Run run, long seed) {
    List<TimelineWorker> workers = new ArrayList<>();
    for (int worker = 0; worker < 8; worker++) {
      List<Span> spans = new ArrayList<>();
      for (int k = 0; k < 200; k++) {
        double at = run.trainSeconds() * k / 200 + worker * 1.234567e-7;
        spans.add(
            new Span(
                at,
                at + run.trainSeconds() / 201,
                List.of("computing", "communicating", "waiting").get(k % 3)));
      }
      workers.add(new TimelineWorker(worker, spans, new SpanTotals(0.4, 0.3, 0.3)));
    }
    Map<String, String> settings = new LinkedHashMap<>(run.settings());
    settings.put("seed", String.valueOf(seed));
    return new Run(
        run.mode(),
        run.algorithm(),
        settings,
        seed,
        run.versions(),
        run.stopReason(),
        run.divergedAtUpdate(),
        run.finalObjective(),
        run.finalTestMetrics(),
        run.secondsToTarget(),
        run.trainSeconds() * (1 + 0.01 * seed),
        run.updates(),
        run.batches(),
        run.bytesSent(),
        run.bytesReceived(),
        run.staleness(),
        run.consensusDistance(),
        run.workers(),
        run.shards(),
        run.slowWorker(),
        run.counters(),
        run.graph(),
        new Timeline(Timeline.SECONDS, workers, false, List.of()),
        null,
        run.trace());
  }

  @Test
  void theBestAreaUnderTheCurveIsTheLargestAndTheBestLossTheSmallest() throws IOException {
    ReportFiles.write(
        folder.resolve("metrics"),
        HandMade.file(
            null,
            null,
            HandMade.run("sync", 1, 0.5).metrics(Map.of("areaUnderROC", 0.7, "logLoss", 0.5)),
            HandMade.run("async", 1, 0.5).metrics(Map.of("areaUnderROC", 0.9, "logLoss", 0.6))));

    open("metrics", 1440);

    assertThat(browser().find("#scores td.best[data-label='Test areaUnderROC']").getText())
        .isEqualTo("0.9");
    assertThat(browser().find("#scores td.best[data-label='Test logLoss']").getText())
        .isEqualTo("0.5");
  }

  private static Browser browser() {
    return Objects.requireNonNull(openBrowser);
  }

  private static RunsFile real() {
    return Objects.requireNonNull(real);
  }

  /** Loads a page anew. */
  private static void open(String name, int width) {
    browser().screen(width, 900);
    browser().console(); // of the page before
    browser().load(folder.resolve(name).resolve(ReportFiles.REPORT_HTML));
    opened = name;
  }

  /** The page of the real run, wide; as the test before left it, if it is there: tests tidy up. */
  private static void openReal() {
    if (opened.equals("real")) {
      browser().screen(1440, 900);
    } else {
      open("real", 1440);
    }
  }

  private static String attribute(WebElement element, String name) {
    return Objects.requireNonNull(element.getDomAttribute(name), name);
  }

  /** What the tooltip of the objective says of a mode. */
  private static double shown(int series, String metric) {
    return Double.parseDouble(
        attribute(
            browser()
                .find(
                    "#chart-objective .tip tr[data-series='%d'] td[data-metric='%s']"
                        .formatted(series, metric)),
            "data-value"));
  }

  private static double tested(Point point) {
    return Objects.requireNonNull(point.testMetric());
  }

  /** Linear between two points of the trace; its last value after the end. */
  private static double valueAt(
      List<Point> trace, ToDoubleFunction<Point> along, ToDoubleFunction<Point> value, double x) {
    for (int k = 1; k < trace.size(); k++) {
      double x0 = along.applyAsDouble(trace.get(k - 1));
      double x1 = along.applyAsDouble(trace.get(k));
      if (x0 <= x && x < x1) {
        double y0 = value.applyAsDouble(trace.get(k - 1));
        double y1 = value.applyAsDouble(trace.get(k));
        return y0 + (y1 - y0) * (x - x0) / (x1 - x0);
      }
    }
    return value.applyAsDouble(trace.get(trace.size() - 1));
  }

  private static Path download(String chart, String kind) {
    browser().find("#chart-" + chart + " .download summary").click();
    browser().find("#chart-" + chart + " .choices button[data-kind=" + kind + "]").click();
    Path file = browser().downloads().resolve("triptych-" + chart + "." + kind);
    // Chromium gives a download its name when it is complete.
    await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(file));
    return file;
  }

  private static double waitingShare(int series, int worker) {
    return browser()
        .number(
            "return triptych.timelineOf(triptych.data.runs[arguments[0]])[arguments[1]].waitingShare",
            series,
            worker);
  }

  private static List<String> axisTypes(String axis) {
    return ofConvergence("chart.getOption()[arguments[0]][0].type", axis).stream()
        .map(String::valueOf)
        .toList();
  }

  private static List<Object> drawnPoints(int series) {
    return ofConvergence("chart.getOption().series[arguments[0]].data.length", series);
  }

  private static List<Double> zoomEnds() {
    return ofConvergence("chart.getOption().dataZoom[0].end").stream()
        .map(end -> ((Number) end).doubleValue())
        .toList();
  }

  /** A value of each of the three charts of convergence. */
  private static List<Object> ofConvergence(String expression, Object... arguments) {
    List<?> values =
        (List<?>)
            browser()
                .script(
                    "return ['objective', 'gap', 'test'].map(key => triptych.charts[key])"
                        + ".map(chart => "
                        + expression
                        + ")",
                    arguments);
    return List.copyOf(values);
  }

  private static List<?> widths(String expression) {
    return (List<?>)
        browser().script("return Object.values(triptych.charts).map(chart => " + expression + ")");
  }
}
