package dev.triptych.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * The public data sets that may lie beside the repository, in {@code ../shared/datasets}. Tests
 * must pass without them, so they begin with {@link #assumePresent()}.
 */
public final class DatasetMirror {
  private DatasetMirror() {}

  /** Skips the test, with the reason, when the mirror is not there; else returns its folder. */
  public static Path assumePresent() {
    Path folder = folder();
    Assumptions.assumeTrue(Files.isDirectory(folder), () -> "no mirror of data sets at " + folder);
    return folder;
  }

  /** Skips the test, with the reason, when the file is not in the mirror; else returns its path. */
  public static Path assumePresent(String file) {
    Path path = assumePresent().resolve(file);
    Assumptions.assumeTrue(Files.exists(path), () -> "the mirror has no " + file);
    return path;
  }

  /** Where the mirror would be. */
  public static Path folder() {
    return repositoryRoot().resolveSibling("shared").resolve("datasets");
  }

  /** The folder that holds {@code .mvn}, looking up from the working directory. */
  static Path repositoryRoot() {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve(".mvn"))) {
        return folder;
      }
    }
    throw new IllegalStateException("no folder with .mvn at or above " + start);
  }
}
