package dev.triptych.async.server;

import dev.triptych.async.protocol.ShardId;
import dev.triptych.core.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The shards of a server that was told to stop, one file each, for the server that comes after it.
 * A file is there as a whole or not at all, and is taken once: what it says is old as soon as the
 * shard goes on.
 */
final class ShardFiles {
  private static final Pattern NAME = Pattern.compile("run-([0-9a-f]{16})-shard-(\\d+)\\.state");

  private ShardFiles() {}

  /** Writes a shard's file. */
  static void write(Path folder, ShardId id, ShardState.Chunks state) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("run-%016x-shard-%d.state".formatted(id.run(), id.shard()));
    Path unfinished = Files.createTempFile(folder, "unfinished-", ".tmp");
    try (OutputStream out = Files.newOutputStream(unfinished)) {
      for (long offset = 0; offset < state.total(); offset += ShardState.Chunks.LENGTH) {
        out.write(state.part(offset));
      }
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Reads all files and deletes them once all of them were read.
   *
   * @throws InvalidInputException naming a file that is damaged or cannot be read; none was deleted
   */
  static Map<ShardId, ShardState> take(Path folder) {
    Map<ShardId, ShardState> states = new HashMap<>();
    Map<ShardId, Path> files = new HashMap<>();
    if (!Files.isDirectory(folder)) {
      return states;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path file : entries) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          ShardId id =
              new ShardId(
                  Long.parseUnsignedLong(name.group(1), 16), Integer.parseInt(name.group(2)));
          states.put(id, read(file));
          files.put(id, file);
        }
      }
      for (Path file : files.values()) {
        Files.delete(file);
      }
      return states;
    } catch (IOException e) {
      throw new InvalidInputException("--snapshot-dir: cannot read " + folder + ": " + e, e);
    }
  }

  private static ShardState read(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return ShardState.read(in, Nobody.INSTANCE);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }
}
