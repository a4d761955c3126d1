package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkJobInfo;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Files that Spark's tasks write side by side, on any file system that Hadoop knows: part i holds
 * the i-th contiguous share of the rows, so that the parts in the order of their names hold all
 * rows in order, however many parts there are. Everything is written into a hidden folder beside
 * the target; {@link #publish} renames it. {@link #close} deletes what was not published, so there
 * is all of it or nothing.
 *
 * <p>For one thread.
 */
public final class PartFiles implements AutoCloseable {
  private static final String ANOTHER = "another part could not be written";
  private static final String FAILED = "failed";
  private static final int BUFFER_BYTES = 1 << 16;
  private static final long POLL_MILLIS = 200;

  private final FileSystem files;
  private final Path target;
  private final Path unfinished;
  private List<Part> parts = List.of();

  private PartFiles(FileSystem files, Path target, Path unfinished) {
    this.files = files;
    this.target = target;
    this.unfinished = unfinished;
  }

  /** Writes rows {@code from} to {@code to} − 1 to {@code out}; does not close it. */
  public interface RowWriter extends Serializable {
    void write(long from, long to, OutputStream out) throws IOException;
  }

  /** Hears how far the job is, on the calling thread. */
  public interface Progress {
    /**
     * @param parts that are written
     * @param inAll how many there will be
     */
    void written(int parts, int inAll);
  }

  /**
   * Prepares a folder or file that does not exist yet.
   *
   * @throws InvalidInputException if it exists, or nothing can be written there
   */
  public static PartFiles create(JavaSparkContext spark, String path) {
    try {
      Path target = new Path(path);
      FileSystem files = fileSystem(target, spark.hadoopConfiguration());
      target = files.makeQualified(target);
      requireNew(files, target);
      Path parent = target.getParent();
      if (parent == null) {
        throw new InvalidInputException(path + ": is no file in a folder");
      }
      Path unfinished =
          new Path(parent, "." + target.getName() + ".unfinished-" + spark.sc().applicationId());
      files.mkdirs(unfinished);
      // A killed process (Ctrl-C) leaves nothing either.
      files.deleteOnExit(unfinished);
      return new PartFiles(files, target, unfinished);
    } catch (InvalidInputException e) {
      throw e;
    } catch (IOException | RuntimeException | FSError e) {
      // Hadoop throws RuntimeExceptions for file systems whose classes are missing.
      throw new InvalidInputException(path + ": cannot be written: " + oneLine(e), e);
    }
  }

  /**
   * Writes all parts, as {@code part-00000} and so on.
   *
   * @param numParts at least 1
   * @param suffix of their names; they are packed when it ends in {@code .gz}
   * @throws InvalidInputException if they cannot be written
   */
  public void write(
      JavaSparkContext spark,
      long from,
      long to,
      int numParts,
      String suffix,
      RowWriter rows,
      Progress progress) {
    Slices slices = new Slices(to - from, numParts);
    SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
    String folder = unfinished.toString();
    List<Integer> numbers = new ArrayList<>();
    for (int p = 0; p < numParts; p++) {
      numbers.add(p);
    }
    parts =
        waitFor(
            spark,
            spark
                .parallelize(numbers, numParts)
                .map(
                    p -> {
                      long first = from + slices.start(p);
                      long attempt = TaskContext.get().taskAttemptId();
                      return writePart(
                          new Path(folder, "part-%05d.%d%s".formatted(p, attempt, suffix)),
                          hadoop.value(),
                          out -> rows.write(first, first + slices.size(p), out));
                    })
                .collectAsync(),
            numParts,
            progress);
    for (Part part : parts) {
      String failure = part.failure;
      if (failure != null && !failure.equals(ANOTHER)) {
        throw new InvalidInputException(
            InputFiles.shown(target) + ": cannot be written: " + failure);
      }
    }
  }

  private static <T> List<T> waitFor(
      JavaSparkContext spark, JavaFutureAction<List<T>> job, int numParts, Progress progress) {
    int told = -1;
    while (true) {
      try {
        List<T> written = job.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        progress.written(numParts, numParts);
        return written;
      } catch (TimeoutException e) {
        int finished = finishedTasks(spark, job.jobIds());
        if (finished != told) {
          told = finished;
          progress.written(finished, numParts);
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        job.cancel(true);
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while files were written", e);
      }
    }
  }

  private static int finishedTasks(JavaSparkContext spark, List<Integer> jobs) {
    int finished = 0;
    for (int job : jobs) {
      SparkJobInfo info = spark.statusTracker().getJobInfo(job);
      for (int stage : info == null ? new int[0] : info.stageIds()) {
        SparkStageInfo found = spark.statusTracker().getStageInfo(stage);
        finished += found == null ? 0 : found.numCompletedTasks();
      }
    }
    return finished;
  }

  private interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * In a task: one file, or nothing. Attempts of a task have files of their own. What the file
   * system refuses is an answer, not a failed task: Spark would try in vain to write the same to
   * the same full disk again. The other tasks do not begin then.
   */
  private static Part writePart(Path file, Configuration hadoop, Body body) {
    try {
      FileSystem files = fileSystem(file, hadoop);
      Path failed = new Path(file.getParent(), FAILED);
      if (files.exists(failed)) {
        return new Part(file.getName(), 0, ANOTHER);
      }
      try {
        try (OutputStream raw = new BufferedOutputStream(files.create(file, true), BUFFER_BYTES);
            OutputStream out =
                file.getName().endsWith(".gz") ? new GZIPOutputStream(raw, BUFFER_BYTES) : raw) {
          body.writeTo(out);
        }
        return new Part(file.getName(), files.getFileStatus(file).getLen(), null);
      } catch (IOException | FSError e) {
        files.delete(file, false);
        files.create(failed, true).close();
        throw e;
      }
    } catch (IOException | FSError e) {
      return new Part(file.getName(), 0, oneLine(e));
    }
  }

  private static String oneLine(Throwable e) {
    Throwable cause = e.getCause();
    return InputFiles.oneLine(e instanceof FSError && cause != null ? cause : e);
  }

  /** Makes the parts, in a folder, appear under the target's name. */
  public void publishFolder() {
    publish(
        () -> {
          for (Part part : parts) {
            // part-00000.17.libsvm of attempt 17 becomes part-00000.libsvm
            rename(
                new Path(unfinished, part.name),
                new Path(unfinished, part.name.replaceFirst("\\.\\d+", "")));
          }
          for (FileStatus left : files.listStatus(unfinished)) {
            if (left.getPath().getName().matches("part-\\d+\\.\\d+.*")) {
              files.delete(left.getPath(), false);
            }
          }
          requireNew(files, target);
          rename(unfinished, target);
        });
  }

  /**
   * Makes the parts, one behind the other, appear as one file; packed parts may be joined so too
   * (RFC 1952, section 2.2).
   */
  public void publishFile() {
    publish(
        () -> {
          Path whole = new Path(unfinished, parts.get(0).name);
          if (parts.size() > 1) {
            whole = new Path(unfinished, "whole");
            try (OutputStream out = files.create(whole, false)) {
              for (Part part : parts) {
                Path file = new Path(unfinished, part.name);
                try (InputStream in = files.open(file)) {
                  in.transferTo(out);
                }
                files.delete(file, false);
              }
            }
          }
          requireNew(files, target);
          rename(whole, target);
          files.delete(unfinished, true);
        });
  }

  private interface Steps {
    void run() throws IOException;
  }

  private void publish(Steps steps) {
    try {
      for (Part part : parts) {
        Path file = new Path(unfinished, part.name);
        if (!files.exists(file) || files.getFileStatus(file).getLen() != part.bytes) {
          throw new InvalidInputException(
              InputFiles.shown(target)
                  + ": a part that an executor wrote is not there; expected a folder that the driver"
                  + " and all executors share");
        }
      }
      steps.run();
    } catch (IOException | FSError e) {
      throw new InvalidInputException(
          InputFiles.shown(target) + ": cannot be written: " + oneLine(e), e);
    }
  }

  private void rename(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("could not rename " + from + " to " + to);
    }
  }

  /** Bytes of all parts. */
  public long bytes() {
    return parts.stream().mapToLong(part -> part.bytes).sum();
  }

  @Override
  public void close() {
    try {
      files.delete(unfinished, true);
      files.cancelDeleteOnExit(unfinished);
    } catch (IOException | FSError e) {
      // It is deleted when the process ends.
    }
  }

  private static void requireNew(FileSystem files, Path target) throws IOException {
    if (files.exists(target)) {
      throw new InvalidInputException(InputFiles.shown(target) + ": exists already");
    }
  }

  /** Local files without Hadoop's checksum files beside them. */
  private static FileSystem fileSystem(Path path, Configuration hadoop) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  /** What a task wrote. A plain class: Kryo cannot read records. */
  private static final class Part implements Serializable {
    private static final long serialVersionUID = 1L;

    final String name;
    final long bytes;

    /** Why there is no such file; null when there is. */
    final @Nullable String failure;

    Part(String name, long bytes, @Nullable String failure) {
      this.name = name;
      this.bytes = bytes;
      this.failure = failure;
    }
  }
}
