package dev.triptych.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.cli.CommandSequence;
import dev.triptych.cli.Triptych;
import dev.triptych.testing.DatasetMirror;
import dev.triptych.testing.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of README and docs, word for word and in their order, in one folder and one
 * JVM. Not run: {@code mvn} and {@code bin/benchmark} (tests and benchmarks), blocks whose comment
 * says {@code not run:} with the reason, and, where the mirror is not there, commands with real
 * data. A comment {@code tested with --epochs 2} above a block shortens its commands. Ports are
 * free ones instead of those written down.
 */
@Timeout(900)
class DocumentedCommandsIT {
  private static final Duration MAX_WAIT = Duration.ofMinutes(12);
  private static final Duration START_WAIT = Duration.ofMinutes(2);
  private static final Pattern LISTENING =
      Pattern.compile("parameter server listening on [^ ]+:(\\d+)");
  private static final Pattern RESULT = Pattern.compile("(?m)^### (\\d+) (\\d+) (\\d+)\\R");
  private static final Set<String> REAL_DATA =
      Set.of(
          "a9a",
          "mnist",
          "digits",
          "ml_latest_small",
          "mushrooms",
          "phishing",
          "covtype20k",
          "abalone");

  @TempDir Path folder;

  @Test
  void everyCommandThatCanRunHereRuns() throws Exception {
    boolean mirror = Files.isDirectory(DatasetMirror.folder());
    List<DocumentedCommand> commands = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    TreeSet<String> notRun = new TreeSet<>();
    Map<String, JavaProcess> servers = new LinkedHashMap<>();
    try {
      Map<String, String> ports = startServers(servers);
      for (DocumentedCommand command : DocumentedCommand.all()) {
        List<String> arguments = withPorts(command.testedArguments(), ports);
        String line = String.join("\t", arguments);
        if (!command.isTriptych() || arguments.get(0).equals("server") || lines.contains(line)) {
          continue;
        }
        if (!command.notRun().isEmpty()) {
          notRun.add(command.place() + ": " + command.notRun());
        } else if (!mirror && arguments.stream().anyMatch(REAL_DATA::contains)) {
          notRun.add(command.place() + ": no mirror of data sets");
        } else {
          commands.add(command);
          lines.add(line);
        }
      }
      notRun.forEach(each -> System.out.println("not run: " + each));
      run(commands, lines);
    } finally {
      servers.values().forEach(JavaProcess::close);
    }
  }

  /** All servers of the documentation; the port written down to the port they have. */
  private static Map<String, String> startServers(Map<String, JavaProcess> servers)
      throws IOException {
    for (DocumentedCommand command : DocumentedCommand.all()) {
      List<String> arguments = new ArrayList<>(command.arguments());
      if (command.isTriptych() && command.notRun().isEmpty() && arguments.get(0).equals("server")) {
        String port = arguments.get(arguments.indexOf("--port") + 1);
        for (String option : new String[] {"--port", "--health-port"}) {
          int at = arguments.indexOf(option);
          if (at >= 0) {
            arguments.set(at + 1, "0");
          }
        }
        servers.computeIfAbsent(
            port,
            unused ->
                JavaProcess.of("documented-server", Triptych.class.getName())
                    .jvmOptions("-Xmx512m")
                    .arguments(arguments.toArray(String[]::new))
                    .start());
      }
    }
    Map<String, String> ports = new LinkedHashMap<>();
    servers.forEach(
        (port, server) -> ports.put(port, server.awaitOutput(LISTENING, START_WAIT).group(1)));
    return ports;
  }

  private static List<String> withPorts(List<String> arguments, Map<String, String> ports) {
    List<String> free = new ArrayList<>();
    for (String argument : arguments) {
      String changed = argument;
      for (Map.Entry<String, String> port : ports.entrySet()) {
        changed = changed.replaceAll("(?<=[\\w.]:)" + port.getKey() + "\\b", port.getValue());
      }
      free.add(changed);
    }
    return free;
  }

  private void run(List<DocumentedCommand> commands, List<String> lines) throws Exception {
    Path file = Files.write(folder.resolve("commands"), lines);
    try (JavaProcess process =
        JavaProcess.of("documented-commands", CommandSequence.class.getName())
            .jvmOptions("-Xmx3g", "-Dlog4j2.configurationFile=triptych-log4j2.properties")
            .directory(Files.createDirectory(folder.resolve("work")))
            .environment("TRIPTYCH_DATASETS_MIRROR", DatasetMirror.folder().toUri().toString())
            .environment("TRIPTYCH_DATASETS_DIR", folder.resolve("datasets").toString())
            .arguments(file.toString())
            .start()) {
      assertThat(process.awaitExit(MAX_WAIT)).as(process.output()).isZero();
      Matcher result = RESULT.matcher(process.output());
      List<String> failed = new ArrayList<>();
      int done = 0;
      while (result.find()) {
        DocumentedCommand command = commands.get(Integer.parseInt(result.group(1)));
        System.out.println(result.group(3) + " ms " + command.place() + ": " + command.text());
        if (!result.group(2).equals("0")) {
          failed.add(
              command.place()
                  + ": "
                  + command.text()
                  + ": "
                  + process.output().substring(result.end()).lines().findFirst().orElse(""));
        }
        done++;
      }
      assertThat(failed).isEmpty();
      assertThat(done).isEqualTo(commands.size()).isGreaterThan(15);
    }
  }
}
