package dev.triptych.datasets;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.LabelRule;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings files of the catalogue into a local folder: from the mirror when one is named, else from
 * the publisher where its checksum is known. Every file's size and SHA-256 are checked, every time.
 * A file appears under its name only when it is whole and right; whatever fails leaves nothing
 * behind and is one line.
 *
 * <p>Thread-safe; several processes may fetch into one folder.
 */
public final class Fetch {
  /** Names the mirror: a folder, {@code file:}, {@code http:} or {@code https:}. */
  public static final String MIRROR_VARIABLE = "TRIPTYCH_DATASETS_MIRROR";

  /** Names the local folder; default {@code ~/.triptych/datasets}. */
  public static final String FOLDER_VARIABLE = "TRIPTYCH_DATASETS_DIR";

  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Path folder;
  private final @Nullable String mirror;
  private final Duration maxSilence;

  /**
   * @param folder where files are kept; made when needed
   * @param mirror in place of the publishers; null for none
   * @param maxSilence longest wait for a connection and for the next byte
   */
  public Fetch(Path folder, @Nullable String mirror, Duration maxSilence) {
    this.folder = folder;
    this.mirror = mirror;
    this.maxSilence = maxSilence;
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
        return copy(in, OutputStream.nullOutputStream(), bytes).sha256.equals(sha256);
      }
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + oneLine(e), e);
    }
  }

  private void download(String from, Path target, long bytes, String sha256) {
    Path part = null;
    try {
      Path parent = target.toAbsolutePath().getParent();
      if (parent == null) {
        throw new InvalidInputException(target + ": is no file in a folder");
      }
      try {
        Files.createDirectories(parent);
        part = Files.createTempFile(parent, target.getFileName().toString(), ".part");
      } catch (IOException e) {
        throw new InvalidInputException(parent + ": cannot be written: " + oneLine(e), e);
      }
      Copied copied;
      try (InputStream in = open(from);
          OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
        copied = copy(in, out, bytes);
      } catch (IOException | IllegalArgumentException e) {
        throw new InvalidInputException(from + ": cannot be fetched: " + oneLine(e), e);
      }
      if (copied.bytes != bytes) {
        throw new InvalidInputException(
            from
                + ": expected "
                + bytes
                + " bytes, got "
                + (copied.bytes > bytes ? "more" : Long.toString(copied.bytes)));
      }
      if (!copied.sha256.equals(sha256)) {
        throw new InvalidInputException(
            from + ": expected SHA-256 " + sha256 + ", got " + copied.sha256);
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
    }
  }

  private InputStream open(String from) throws IOException {
    if (from.startsWith("http:") || from.startsWith("https:")) {
      return openHttp(from);
    }
    Path file = from.startsWith("file:") ? Path.of(URI.create(from).getPath()) : Path.of(from);
    return Files.newInputStream(file);
  }

  private InputStream openHttp(String from) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(from).toURL().openConnection();
    int millis = Math.toIntExact(maxSilence.toMillis());
    connection.setConnectTimeout(millis);
    connection.setReadTimeout(millis);
    connection.setRequestProperty("User-Agent", "triptych");
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      connection.disconnect();
      throw new IOException("expected HTTP status 200, got " + status);
    }
    return connection.getInputStream();
  }

  private record Copied(long bytes, String sha256) {}

  /** Copies until the end, or until there is more than expected. */
  private static Copied copy(InputStream in, OutputStream out, long expected) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    byte[] buffer = new byte[1 << 16];
    long bytes = 0;
    for (int n = in.read(buffer); n >= 0 && bytes <= expected; n = in.read(buffer)) {
      digest.update(buffer, 0, n);
      out.write(buffer, 0, n);
      bytes += n;
    }
    return new Copied(bytes, HexFormat.of().formatHex(digest.digest()));
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
