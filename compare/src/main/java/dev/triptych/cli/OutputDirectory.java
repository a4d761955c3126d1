package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where results go. An existing, non-empty folder is never written to. */
final class OutputDirectory {
  private OutputDirectory() {}

  /**
   * Checks that results can be written, before hours of training.
   *
   * @param out given by the user, or null for the first free {@code triptych-out}, {@code
   *     triptych-out-2}, …
   */
  static Path claim(@Nullable Path out) {
    Path directory = Path.of("triptych-out");
    try {
      directory = out == null ? firstFree() : out;
      if (Files.exists(directory)) {
        if (!Files.isDirectory(directory)) {
          throw new InvalidInputException("--out: " + directory + " is a file");
        }
        if (!isEmpty(directory)) {
          throw new InvalidInputException(
              "--out: " + directory + " exists and is not empty; name another folder or remove it");
        }
      }
      Files.createDirectories(directory);
      if (!Files.isWritable(directory)) {
        throw new InvalidInputException("--out: cannot write to " + directory);
      }
      return directory;
    } catch (IOException e) {
      throw new InvalidInputException(
          "--out: cannot create " + directory + ": " + e.getMessage(), e);
    }
  }

  /** An empty folder is what a run that was refused leaves behind. */
  private static boolean isEmpty(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }

  private static Path firstFree() throws IOException {
    Path candidate = Path.of("triptych-out");
    for (int i = 2; Files.exists(candidate) && !isEmpty(candidate); i++) {
      candidate = Path.of("triptych-out-" + i);
    }
    return candidate;
  }
}
