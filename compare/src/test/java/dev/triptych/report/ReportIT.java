package dev.triptych.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;

/** The page as a browser shows it. Skipped where Chromium or its driver is not installed. */
@Timeout(120)
class ReportIT {
  private static final TrainedRuns TRAINING = new TrainedRuns();
  private static final RunsFile TRAINED = TRAINING.file();

  @TempDir static Path folder;

  private static ChromeDriver browser;

  @BeforeAll
  static void openBrowser() throws IOException {
    Optional<Path> chromium = onPath("chromium", "chromium-browser", "google-chrome");
    Optional<Path> driver = onPath("chromedriver");
    assumeTrue(chromium.isPresent(), "no chromium on the PATH: the report is not opened");
    assumeTrue(driver.isPresent(), "no chromedriver on the PATH: the report is not opened");
    ReportFiles.write(folder.resolve("trained"), TRAINED);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.get().toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + folder.resolve("profile"));
    // With a driver named, Selenium does not look for one to download.
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(driver.get().toFile())
            .usingAnyFreePort()
            .withTimeout(Duration.ofSeconds(60))
            .build();
    browser = new ChromeDriver(service, options);
    browser.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(30));
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  @Test
  void thePageLoadsWithoutAnErrorAndWithoutTheNetwork() {
    open("trained");

    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    assertThat((Long) script("return performance.getEntriesByType('resource').length")).isZero();
    assertThat(browser.getTitle()).contains("</script>").endsWith("Triptych");
    assertThat(browser.findElement(By.id("headline")).getText().replace('\u00a0', ' '))
        .startsWith(Verdict.of(TRAINED).headline().substring(0, 14));
  }

  @Test
  void theChartShowsTheValuesOfTheFile() {
    open("trained");
    RunsFile read = ReportFiles.read(folder.resolve("trained"));

    for (int i = 0; i < read.runs().size(); i++) {
      List<RunsFile.Point> trace = read.runs().get(i).trace();
      for (int k : new int[] {0, trace.size() / 2, trace.size() - 1}) {
        List<?> point =
            (List<?>)
                script(
                    "return triptych.charts.seconds.getOption().series[arguments[0]]"
                        + ".data[arguments[1]].value",
                    i,
                    k);
        assertThat(((Number) point.get(0)).doubleValue()).isEqualTo(trace.get(k).seconds());
        assertThat(((Number) point.get(1)).doubleValue())
            .isCloseTo(trace.get(k).objective() - read.problem().optimum(), within(1e-12));
      }
    }
    assertThat((Long) script("return triptych.data.runs.length")).isEqualTo(4);
  }

  @Test
  void theLogSwitchChangesTheAxisOfEveryChart() {
    open("trained");
    WebElement button = browser.findElement(By.id("scale-log"));
    assertThat(button.getDomAttribute("aria-pressed")).isEqualTo("true");
    assertThat(axisTypes()).containsOnly("log");

    button.click();

    assertThat(button.getDomAttribute("aria-pressed")).isEqualTo("false");
    assertThat(axisTypes()).containsOnly("value");

    button.click();

    assertThat(axisTypes()).containsOnly("log");
  }

  @Test
  void hoveringShowsEveryModeAtThatPoint() {
    open("trained");

    Object tip =
        script(
            "const chart = triptych.charts.epochs; const x = arguments[0];"
                + "chart.dispatchAction({type: 'updateAxisPointer', currTrigger: 'mousemove',"
                + " x: chart.convertToPixel({xAxisIndex: 0}, x), y: 100});"
                + "return chart.getDom().querySelector('.tip').innerText",
            5.01);

    assertThat((String) tip).contains("epochs", "sync", "async", "gossip", "mllib");
  }

  @Test
  void theLegendHidesARunInEveryChart() {
    open("trained");

    browser.findElement(By.cssSelector("#legend button")).click();

    for (String chart : List.of("seconds", "epochs", "bytes", "updates")) {
      assertThat(
              (Long)
                  script(
                      "return triptych.charts[arguments[0]].getOption().series[0].data.length",
                      chart))
          .isZero();
      assertThat(
              (Long)
                  script(
                      "return triptych.charts[arguments[0]].getOption().series[1].data.length",
                      chart))
          .isPositive();
    }
  }

  @Test
  void aPhoneScrollsOnlyDownwards() {
    open("trained");
    for (int width : new int[] {1440, 390}) {
      // Headless windows are not narrower than 500 pixels; the emulated screen is.
      browser.executeCdpCommand(
          "Emulation.setDeviceMetricsOverride",
          Map.of("width", width, "height", 844, "deviceScaleFactor", 1, "mobile", width < 500));
      assertThat((Long) script("return window.innerWidth")).isEqualTo(width);
      assertThat((Long) script("return document.documentElement.scrollWidth"))
          .isEqualTo(script("return document.documentElement.clientWidth"));
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(chartWidths()).isEqualTo(widthsForCharts()));
    }
    browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
  }

  @Test
  void oddRunsAreShownToo() throws IOException {
    ReportFiles.write(
        folder.resolve("odd"),
        TRAINING.file(
            0.5,
            null,
            List.of(
                Runs.of(TRAINING.diverging(), 0.5, Map.of(), null),
                Runs.of(TRAINING.sync(0.5), 0.5, Map.of(), null))));

    open("odd");

    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    assertThat(axisTypes()).containsOnly("value");
    assertThat(browser.findElement(By.id("scores")).getText()).contains("diverged at update 183");
    Number top = (Number) script("return triptych.charts.seconds.getOption().yAxis[0].max");
    assertThat(top.doubleValue()).as("the diverging run leaves the picture").isLessThan(2);
  }

  private static List<String> axisTypes() {
    List<?> types =
        (List<?>)
            script(
                "return ['seconds', 'epochs', 'bytes', 'updates']"
                    + ".map(key => triptych.charts[key].getOption().yAxis[0].type)");
    return types.stream().map(String::valueOf).toList();
  }

  private static List<?> chartWidths() {
    return (List<?>) script("return Object.values(triptych.charts).map(chart => chart.getWidth())");
  }

  private static List<?> widthsForCharts() {
    return (List<?>)
        script("return Object.values(triptych.charts).map(chart => chart.getDom().clientWidth)");
  }

  private static void open(String name) {
    browser.manage().window().setSize(new Dimension(1440, 1000));
    browser.get(folder.resolve(name).resolve(ReportFiles.REPORT_HTML).toUri().toString());
  }

  private static Object script(String script, Object... arguments) {
    return browser.executeScript(script, arguments);
  }

  private static Optional<Path> onPath(String... names) {
    List<String> folders = List.of(System.getenv().getOrDefault("PATH", "").split(":"));
    return Arrays.stream(names)
        .flatMap(
            name ->
                Stream.concat(folders.stream(), Stream.of("/usr/bin")).map(f -> Path.of(f, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
