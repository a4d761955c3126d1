package dev.triptych.notebooks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The part of Zeppelin's server that reads notes, in a JVM of its own. */
final class ZeppelinServer {
  private static final long PATIENCE_SECONDS = 60;

  private ZeppelinServer() {}

  /**
   * What the server said of these files.
   *
   * @param lines standard output: per note its name and magics
   * @param error standard error
   */
  record Answer(int status, List<String> lines, String error) {}

  /** Lets the server read notes. Needs what Maven copied to {@code target/zeppelin-server}. */
  static Answer read(Path folder, List<Path> notes) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath(), ZeppelinReader.class.getName()));
    notes.forEach(note -> command.add(note.toString()));
    Path out = folder.resolve("out");
    Path error = folder.resolve("error");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(error.toFile())
            .start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("Zeppelin's reader did not end within " + PATIENCE_SECONDS + " s");
    }
    return new Answer(process.exitValue(), Files.readAllLines(out), Files.readString(error));
  }

  private static String classPath() throws IOException {
    List<String> entries = new ArrayList<>(List.of(Path.of("target", "test-classes").toString()));
    try (Stream<Path> jars = Files.list(Path.of("target", "zeppelin-server"))) {
      jars.map(Path::toString).sorted().forEach(entries::add);
    }
    return String.join(File.pathSeparator, entries);
  }
}
