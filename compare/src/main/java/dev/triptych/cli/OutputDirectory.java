package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where results go. An existing, non-empty folder is never written to. */
final class OutputDirectory {
  private OutputDirectory() {}

  /**
   * Checks that results can be written, before hours of training.
   *
   * @param out given by the user, or null for the first free {@code triptych-out}, {@code
   *     triptych-out-2}, …
   */
  static Path claim(@org.jspecify.annotations.Nullable Path out) {
    Path directory = out == null ? firstFree() : out;
    try {
      if (Files.exists(directory)) {
        if (!Files.isDirectory(directory)) {
          throw new InvalidInputException("--out: " + directory + " is a file");
        }
        try (Stream<Path> entries = Files.list(directory)) {
          if (entries.findAny().isPresent()) {
            throw new InvalidInputException(
                "--out: "
                    + directory
                    + " exists and is not empty; name another folder or remove it");
          }
        }
      }
      Files.createDirectories(directory);
      return directory;
    } catch (IOException e) {
      throw new InvalidInputException(
          "--out: cannot create " + directory + ": " + e.getMessage(), e);
    }
  }

  private static Path firstFree() {
    Path candidate = Path.of("triptych-out");
    for (int i = 2; Files.exists(candidate); i++) {
      candidate = Path.of("triptych-out-" + i);
    }
    return candidate;
  }
}
