package dev.triptych.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The executor processes of this JVM's local cluster. */
public final class ExecutorProcesses {
  private ExecutorProcesses() {}

  /** Those that run, by executor id. */
  public static Map<Integer, ProcessHandle> running() {
    Map<Integer, ProcessHandle> byId = new TreeMap<>();
    ProcessHandle.current()
        .children()
        .forEach(
            process -> {
              List<String> words = commandLine(process);
              int option = words.indexOf("--executor-id");
              if (option >= 0) {
                byId.put(Integer.parseInt(words.get(option + 1)), process);
              }
            });
    return byId;
  }

  /** {@code kill -9} of the executor with the smallest id, which it returns. */
  public static int killFirst() {
    Map.Entry<Integer, ProcessHandle> first = running().entrySet().iterator().next();
    first.getValue().destroyForcibly();
    try {
      first.getValue().onExit().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("executor " + first.getKey() + " does not end", e);
    }
    return first.getKey();
  }

  /** All of it; the JDK cuts long ones. */
  private static List<String> commandLine(ProcessHandle process) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc", process.pid() + "", "cmdline"));
      return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0"));
    } catch (IOException e) {
      return List.of(); // it has ended
    }
  }
}
