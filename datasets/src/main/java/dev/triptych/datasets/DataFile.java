package dev.triptych.datasets;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One file of a data set, as mirrors keep it.
 *
 * @param split train, test or all
 * @param path in a mirror, such as {@code a9a/a9a.train.libsvm.gz}
 * @param rows examples in it
 * @param bytes its size
 * @param sha256 its checksum, in hexadecimal
 * @param original the same examples as their publisher keeps them; null where no checksum is known
 */
public record DataFile(
    String split, String path, long rows, long bytes, String sha256, @Nullable Original original) {

  /**
   * The publisher's file.
   *
   * @param url where
   * @param bytes its size
   * @param sha256 its checksum
   * @param labelMap its labels to the labels that the problem takes; empty when they are the same
   */
  public record Original(String url, long bytes, String sha256, Map<Double, Double> labelMap) {
    public Original {
      labelMap = Map.copyOf(labelMap);
    }

    /** Last part of the address. */
    String fileName() {
      return url.substring(url.lastIndexOf('/') + 1);
    }
  }

  /** Last part of the path. */
  String fileName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
