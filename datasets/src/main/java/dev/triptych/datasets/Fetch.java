package dev.triptych.datasets;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.LabelRule;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings files of the catalogue into a local folder: from the mirror when one is named, else from
 * the publisher where its checksum is known. Every file's size and SHA-256 are checked, every time.
 * A file appears under its name only when it is whole and right; whatever fails leaves nothing
 * behind and is one line.
 *
 * <p>A connection that breaks is taken up again where it broke (HTTP Range; a server that ignores
 * it sends the file from its start), as long as each attempt gets further than the one before. No
 * wait is without end: {@code maxSilence} bounds the wait for a byte, and a source slower than
 * {@value #MIN_BYTES_PER_SECOND} bytes a second is given up.
 *
 * <p>Thread-safe; several processes may fetch into one folder.
 */
public final class Fetch {
  /** Names the mirror: a folder, {@code file:}, {@code http:} or {@code https:}. */
  public static final String MIRROR_VARIABLE = "TRIPTYCH_DATASETS_MIRROR";

  /** Names the local folder; default {@code ~/.triptych/datasets}. */
  public static final String FOLDER_VARIABLE = "TRIPTYCH_DATASETS_DIR";

  private static final Duration SILENCE = Duration.ofSeconds(30);

  private static final int MAX_ATTEMPTS = 20;

  private static final int MIN_BYTES_PER_SECOND = 1024;

  private final Path folder;
  private final @Nullable String mirror;
  private final Duration maxSilence;
  private final Progress progress;

  /** Hears how far a download is; called from the fetching thread. */
  public interface Progress {
    /**
     * @param file its name
     * @param bytes received so far
     * @param total expected
     */
    void received(String file, long bytes, long total);
  }

  /**
   * @param folder where files are kept; made when needed
   * @param mirror in place of the publishers; null for none
   * @param maxSilence longest wait for a connection and for the next byte
   */
  public Fetch(Path folder, @Nullable String mirror, Duration maxSilence) {
    this(folder, mirror, maxSilence, (file, bytes, total) -> {});
  }

  private Fetch(Path folder, @Nullable String mirror, Duration maxSilence, Progress progress) {
    this.folder = folder;
    this.mirror = mirror;
    this.maxSilence = maxSilence;
    this.progress = progress;
  }

  /** The same, which tells how far it is. */
  public Fetch telling(Progress listener) {
    return new Fetch(folder, mirror, maxSilence, listener);
  }

  /**
   * As the environment says.
   *
   * @param environment of the process
   * @param mirror from the command line; null to take the environment's
   */
  public static Fetch fromEnvironment(Map<String, String> environment, @Nullable String mirror) {
    String dir = environment.get(FOLDER_VARIABLE);
    Path folder =
        dir == null || dir.isBlank()
            ? Path.of(System.getProperty("user.home"), ".triptych", "datasets")
            : Path.of(dir);
    String named = mirror == null ? environment.get(MIRROR_VARIABLE) : mirror;
    return new Fetch(folder, named == null || named.isBlank() ? null : named, SILENCE);
  }

  /**
   * A file in the local folder.
   *
   * @param path where
   * @param labelMap its labels to the problem's, for {@link LabelRule}; empty when they are the
   *     same
   * @param downloaded false when it was there already
   */
  public record Fetched(Path path, Map<Double, Double> labelMap, boolean downloaded) {}

  /**
   * The file of a split, fetched if it is not there yet.
   *
   * @throws InvalidInputException if there is no such split, or it cannot be had
   */
  public Fetched fetch(Dataset dataset, String split) {
    if (dataset.files().isEmpty()) {
      throw new InvalidInputException(
          dataset.name()
              + ": is described, not given out, because its licence is "
              + dataset.licence()
              + "; get it from "
              + dataset.source()
              + " and give the file's path to --data");
    }
    DataFile file =
        dataset
            .file(split)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        dataset.name()
                            + ": no split \""
                            + split
                            + "\", it has "
                            + String.join(
                                ", ", dataset.files().stream().map(DataFile::split).toList())));
    Path target = folder.resolve(dataset.name()).resolve(file.fileName());
    DataFile.Original original = file.original();
    if (isRight(target, file.bytes(), file.sha256())) {
      return new Fetched(target, Map.of(), false);
    }
    Path originalTarget =
        original == null ? null : folder.resolve(dataset.name()).resolve(original.fileName());
    if (original != null
        && originalTarget != null
        && isRight(originalTarget, original.bytes(), original.sha256())) {
      return new Fetched(originalTarget, original.labelMap(), false);
    }
    if (mirror != null) {
      String slash = mirror.endsWith("/") ? "" : "/";
      download(mirror + slash + file.path(), target, file.bytes(), file.sha256());
      return new Fetched(target, Map.of(), true);
    }
    if (original == null || originalTarget == null) {
      throw new InvalidInputException(
          dataset.name()
              + ": "
              + file.fileName()
              + " has no download that Triptych can check; name a mirror with "
              + MIRROR_VARIABLE
              + " (described at "
              + dataset.source()
              + ")");
    }
    download(original.url(), originalTarget, original.bytes(), original.sha256());
    return new Fetched(originalTarget, original.labelMap(), true);
  }

  private static boolean isRight(Path file, long bytes, String sha256) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
        return false;
      }
      try (InputStream in = Files.newInputStream(file)) {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest()).equals(sha256);
      }
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + oneLine(e), e);
    }
  }

  private void download(String from, Path target, long bytes, String sha256) {
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null) {
      throw new InvalidInputException(target + ": is no file in a folder");
    }
    List<Path> made = missing(parent);
    Path part = null;
    try {
      try {
        part = newPart(parent, target.getFileName().toString());
      } catch (IOException e) {
        throw new InvalidInputException(parent + ": cannot be written: " + oneLine(e), e);
      }
      // A killed process (Ctrl-C) leaves nothing either.
      part.toFile().deleteOnExit();
      Received received = receive(from, target.getFileName().toString(), part, bytes);
      if (received.bytes != bytes) {
        throw new InvalidInputException(
            from
                + ": expected "
                + bytes
                + " bytes, got "
                + (received.bytes > bytes ? "more" : Long.toString(received.bytes)));
      }
      String got = HexFormat.of().formatHex(received.digest.digest());
      if (!got.equals(sha256)) {
        throw new InvalidInputException(from + ": expected SHA-256 " + sha256 + ", got " + got);
      }
      try {
        Files.move(
            part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new InvalidInputException(target + ": cannot be written: " + oneLine(e), e);
      }
    } finally {
      if (part != null) {
        try {
          Files.deleteIfExists(part);
        } catch (IOException e) {
          part.toFile().deleteOnExit();
        }
      }
      deleteEmpty(made);
    }
  }

  /** An empty file; made again when another process just deleted the folder that it left empty. */
  private static Path newPart(Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    try {
      return Files.createTempFile(folder, name, ".part");
    } catch (NoSuchFileException e) {
      Files.createDirectories(folder);
      return Files.createTempFile(folder, name, ".part");
    }
  }

  /** Folders that are not there yet, the innermost first. */
  private static List<Path> missing(Path folder) {
    List<Path> missing = new ArrayList<>();
    for (Path p = folder; p != null && !Files.exists(p); p = p.getParent()) {
      missing.add(p);
    }
    return missing;
  }

  /** Those that hold nothing after all; where another process has put something they stay. */
  private static void deleteEmpty(List<Path> folders) {
    try {
      for (Path folder : folders) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      // Not empty, as it should be.
    }
  }

  /** Takes up broken connections again; ends early when there is more than expected. */
  private Received receive(String from, String name, Path part, long expected) {
    Received received = new Received(name, part, expected);
    try {
      for (int attempt = 1; ; attempt++) {
        long before = received.furthest;
        try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.APPEND);
            InputStream in = open(from, received)) {
          copy(in, out, received);
          return received;
        } catch (BrokenException e) {
          if (attempt == MAX_ATTEMPTS || received.furthest <= before) {
            throw e;
          }
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(from + ": cannot be fetched: " + oneLine(e), e);
    }
  }

  /** The bytes behind those received already, or all, with the part file emptied. */
  private InputStream open(String from, Received received) throws IOException {
    if (from.startsWith("http:") || from.startsWith("https:")) {
      return openHttp(from, received);
    }
    return Files.newInputStream(local(from));
  }

  /** {@code file:/a/b}, {@code file:///a/b}, the relative {@code file:../a}, or a plain path. */
  private static Path local(String from) throws IOException {
    if (!from.startsWith("file:")) {
      if (from.matches("[A-Za-z][A-Za-z0-9+.-]+://.*")) {
        throw new IOException("expected a folder, file:, http: or https:");
      }
      return Path.of(from);
    }
    URI uri = URI.create(from);
    if (uri.getAuthority() != null) {
      throw new IOException(
          "expected file:/FOLDER or file:../FOLDER, got the host \"" + uri.getAuthority() + "\"");
    }
    return Path.of(uri.isOpaque() ? uri.getSchemeSpecificPart() : uri.getPath());
  }

  private InputStream openHttp(String from, Received received) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(from).toURL().openConnection();
    int millis = Math.toIntExact(maxSilence.toMillis());
    connection.setConnectTimeout(millis);
    connection.setReadTimeout(millis);
    connection.setRequestProperty("User-Agent", "triptych");
    long start = received.bytes;
    if (start > 0) {
      connection.setRequestProperty("Range", "bytes=" + start + "-");
    }
    int status = connection.getResponseCode();
    if (status == HttpURLConnection.HTTP_PARTIAL
        && start > 0
        && String.valueOf(connection.getHeaderField("Content-Range"))
            .startsWith("bytes " + start + "-")) {
      received.promise(connection.getContentLengthLong());
      return connection.getInputStream();
    }
    if (status != HttpURLConnection.HTTP_OK) {
      String location = connection.getHeaderField("Location");
      connection.disconnect();
      throw new IOException(
          "expected HTTP status 200, got "
              + status
              + (location == null ? "" : " and the address " + location));
    }
    received.startAgain();
    received.promise(connection.getContentLengthLong());
    return connection.getInputStream();
  }

  private void copy(InputStream in, OutputStream out, Received received) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long windowStart = System.nanoTime();
    long windowBytes = 0;
    while (received.bytes <= received.expected) {
      int n;
      try {
        n = in.read(buffer);
      } catch (IOException e) {
        throw new BrokenException(e);
      }
      if (n < 0) {
        received.requirePromised();
        return;
      }
      try {
        out.write(buffer, 0, n);
      } catch (IOException e) {
        throw new InvalidInputException(folder + ": cannot be written: " + oneLine(e), e);
      }
      received.add(buffer, n);
      progress.received(
          received.name, Math.min(received.bytes, received.expected), received.expected);
      windowBytes += n;
      Duration window = Duration.ofNanos(System.nanoTime() - windowStart);
      if (window.compareTo(maxSilence) >= 0) {
        if (windowBytes < MIN_BYTES_PER_SECOND * window.toMillis() / 1000) {
          throw new IOException(
              "only " + windowBytes + " bytes in " + window.toSeconds() + " seconds");
        }
        windowStart = System.nanoTime();
        windowBytes = 0;
      }
    }
  }

  /** The connection broke: what it brought is good, the rest may be had. */
  private static final class BrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenException(IOException cause) {
      super(oneLine(cause), cause);
    }
  }

  /** What is in the part file. */
  private static final class Received {
    final String name;
    final Path part;
    final long expected;
    final MessageDigest digest = sha256();
    long bytes;
    long furthest;

    /** What the server said there is in all; 0 when it said nothing. */
    private long promised;

    Received(String name, Path part, long expected) {
      this.name = name;
      this.part = part;
      this.expected = expected;
    }

    void add(byte[] buffer, int length) {
      digest.update(buffer, 0, length);
      bytes += length;
      furthest = Math.max(furthest, bytes);
    }

    /** A content length, −1 for unknown. */
    void promise(long moreBytes) {
      promised = moreBytes < 0 ? 0 : bytes + moreBytes;
    }

    /** The JDK's client takes a connection that is closed early for the end. */
    void requirePromised() throws BrokenException {
      if (bytes < promised) {
        throw new BrokenException(
            new IOException("the connection broke after " + bytes + " of " + promised + " bytes"));
      }
    }

    /** Nothing, again: an appending stream goes on at the start of the emptied file. */
    void startAgain() throws IOException {
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
      digest.reset();
      bytes = 0;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String oneLine(Exception e) {
    if (e instanceof NoSuchFileException || e instanceof FileNotFoundException) {
      return "no such file";
    }
    String message = e.getMessage();
    String name = e.getClass().getSimpleName();
    return message == null ? name : message.lines().findFirst().orElse(name);
  }
}
