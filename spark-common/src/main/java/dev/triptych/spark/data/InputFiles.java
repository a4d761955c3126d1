package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;
import dev.triptych.spark.data.DataSource.Format;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of a {@link DataSource}, in reading order: paths as given, what a folder or glob holds
 * by name; names that start with {@code _} or {@code .} are left out.
 *
 * @param files at least one
 * @param format of all of them
 */
record InputFiles(List<FileStatus> files, Format format) {

  static InputFiles resolve(DataSource source, Configuration hadoop) {
    List<FileStatus> files = new ArrayList<>();
    for (String path : source.paths()) {
      try {
        addFiles(path, hadoop, files);
      } catch (InvalidInputException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        // Hadoop throws RuntimeExceptions for file systems whose classes are missing.
        throw new InvalidInputException(path + ": cannot be read: " + oneLine(e), e);
      }
    }
    if (files.stream().allMatch(file -> file.getLen() == 0)) {
      throw new InvalidInputException(
          String.join(", ", source.paths())
              + (files.isEmpty() ? ": expected data files, found none" : ": no examples (empty)"));
    }
    Format format = source.format();
    if (format == null) {
      format = formatOf(files.get(0));
      for (FileStatus file : files) {
        if (formatOf(file) != format) {
          throw new InvalidInputException(
              file.getPath().getName()
                  + ": expected "
                  + format.name().toLowerCase(Locale.ROOT)
                  + " like "
                  + files.get(0).getPath().getName()
                  + ", all files of a data set have one format");
        }
      }
    }
    return new InputFiles(files, format);
  }

  long totalBytes() {
    return files.stream().mapToLong(FileStatus::getLen).sum();
  }

  /** How a file is called in messages: as users write it, without a local scheme. */
  static String shown(Path file) {
    return file.toUri().getScheme() == null || "file".equals(file.toUri().getScheme())
        ? file.toUri().getPath()
        : file.toString();
  }

  static String oneLine(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  private static void addFiles(String name, Configuration hadoop, List<FileStatus> files)
      throws IOException {
    Path path = new Path(name);
    FileSystem fs = path.getFileSystem(hadoop);
    FileStatus[] found = fs.exists(path) ? new FileStatus[] {fs.getFileStatus(path)} : null;
    if (found == null) {
      found = fs.globStatus(path);
    }
    if (found == null || found.length == 0) {
      throw new InvalidInputException(name + ": no such file or folder");
    }
    Arrays.sort(found, Comparator.comparing(FileStatus::getPath));
    for (FileStatus status : found) {
      if (status.isFile()) {
        files.add(status);
        continue;
      }
      FileStatus[] inside = fs.listStatus(status.getPath());
      Arrays.sort(inside, Comparator.comparing(FileStatus::getPath));
      for (FileStatus file : inside) {
        String fileName = file.getPath().getName();
        if (file.isFile() && !fileName.startsWith("_") && !fileName.startsWith(".")) {
          files.add(file);
        }
      }
    }
  }

  private static Format formatOf(FileStatus file) {
    String name = file.getPath().getName().toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet")) {
      return Format.PARQUET;
    }
    return name.matches(".*\\.csv(\\.(gz|bz2|zst|lz4|deflate))?") ? Format.CSV : Format.LIBSVM;
  }
}
