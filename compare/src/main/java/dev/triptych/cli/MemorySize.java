package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import org.apache.spark.network.util.JavaUtils;
import org.jspecify.annotations.Nullable;

/** Option values such as 512m or 4g. */
final class MemorySize {
  private MemorySize() {}

  /**
   * Bytes of this process's heap; half of it if {@code text} is null.
   *
   * @throws InvalidInputException if it is no size, or more than there is
   */
  static long ofHeap(String option, @Nullable String text) {
    long heap = Runtime.getRuntime().maxMemory();
    if (text == null) {
      return heap / 2;
    }
    long bytes;
    try {
      bytes = JavaUtils.byteStringAsBytes(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          option + ": expected a size such as 512m or 4g, got \"" + text + "\"", e);
    }
    if (bytes < 1 || bytes > heap) {
      throw new InvalidInputException(
          "%s %s: this process has a heap of %d MB (TRIPTYCH_JAVA_OPTS=-Xmx…)"
              .formatted(option, text, heap >> 20));
    }
    return bytes;
  }
}
