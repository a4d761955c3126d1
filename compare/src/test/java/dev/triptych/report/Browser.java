package dev.triptych.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** Debian's Chromium without a window, and what the tests of the page ask it. */
final class Browser implements AutoCloseable {
  private final ChromeDriver driver;
  private final Path downloads;

  private Browser(ChromeDriver driver, Path downloads) {
    this.driver = driver;
    this.downloads = downloads;
  }

  /** Skips the tests where Chromium or its driver is not installed. */
  static Browser open(Path folder) throws IOException {
    Optional<Path> chromium = onPath("chromium", "chromium-browser", "google-chrome");
    Optional<Path> driver = onPath("chromedriver");
    assumeTrue(chromium.isPresent(), "no chromium on the PATH: the report is not opened");
    assumeTrue(driver.isPresent(), "no chromedriver on the PATH: the report is not opened");
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
    ChromeDriver browser = new ChromeDriver(service, options);
    browser.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(30));
    Path downloads = Files.createDirectories(folder.resolve("downloads"));
    browser.executeCdpCommand(
        "Browser.setDownloadBehavior",
        Map.of("behavior", "allow", "downloadPath", downloads.toString()));
    return new Browser(browser, downloads);
  }

  /** Where downloads end up. */
  Path downloads() {
    return downloads;
  }

  void load(Path page) {
    driver.get(page.toUri().toString());
  }

  /** Emulates a screen; headless windows are not narrower than 500 pixels. */
  void screen(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
  }

  void colours(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  void medium(String medium) {
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", medium));
  }

  /** What the page wrote to the console since the last call. */
  List<LogEntry> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll();
  }

  String title() {
    return driver.getTitle();
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> findAll(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  /** The pointer goes over an element, so far from its centre. */
  void hover(WebElement element, int right, int down) {
    new Actions(driver).moveToElement(element, right, down).perform();
  }

  void press(WebElement element, CharSequence... keys) {
    driver.executeScript("arguments[0].focus()", element);
    element.sendKeys(keys);
  }

  void pressTab() {
    new Actions(driver).sendKeys(Keys.TAB).perform();
  }

  Object script(String script, Object... arguments) {
    return Objects.requireNonNull(driver.executeScript(script, arguments));
  }

  double number(String script, Object... arguments) {
    return ((Number) script(script, arguments)).doubleValue();
  }

  /** What axe-core calls serious or critical, as "rule: element". */
  List<String> accessibilityFaults() throws IOException {
    try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
      driver.executeScript(
          new String(Objects.requireNonNull(axe).readAllBytes(), StandardCharsets.UTF_8));
    }
    List<?> faults =
        (List<?>)
            driver.executeAsyncScript(
                "const done = arguments[0];"
                    + "axe.run().then(result => done(result.violations"
                    + ".filter(fault => ['serious', 'critical'].includes(fault.impact))"
                    + ".flatMap(fault => fault.nodes.map(node => fault.id + ': ' + node.html))),"
                    + " error => done([String(error)]))");
    return Objects.requireNonNull(faults).stream().map(String::valueOf).toList();
  }

  @Override
  public void close() {
    driver.quit();
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
