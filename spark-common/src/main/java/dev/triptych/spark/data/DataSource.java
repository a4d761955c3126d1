package dev.triptych.spark.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where examples are read from.
 *
 * @param paths files, folders or globs on any file system that Hadoop knows, in reading order
 * @param format of all files; null to tell from their names: {@code .csv} and {@code .csv.gz},
 *     {@code .parquet}, everything else LIBSVM
 */
public record DataSource(List<String> paths, @Nullable Format format) {
  /** What the files hold. */
  public enum Format {
    LIBSVM,
    CSV,
    PARQUET
  }

  public DataSource {
    paths = List.copyOf(paths);
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("no paths");
    }
  }

  /** Files whose names tell their format. */
  public static DataSource of(String... paths) {
    return new DataSource(List.of(paths), null);
  }
}
