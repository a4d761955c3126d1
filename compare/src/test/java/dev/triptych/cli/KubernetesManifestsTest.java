package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The manifests say what the command line understands, and agree with themselves. */
class KubernetesManifestsTest {
  private static final Path FOLDER = Path.of("..", "docs", "kubernetes");

  @ParameterizedTest
  @ValueSource(strings = {"statefulset.yaml", "sidecar.yaml"})
  void theServerContainerStartsAServerWhosePortsAndProbesFit(String file) throws IOException {
    JsonNode pod = podOf(file);
    JsonNode server = container(pod, "server");
    ParseResult parsed = parse(server);
    assertThat(parsed.matchedOptionValue("--host", "")).startsWith("$(POD_");
    int port = parsed.matchedOptionValue("--port", 0);
    int health = parsed.matchedOptionValue("--health-port", 0);
    assertThat(port(server, "parameters")).isEqualTo(port);
    assertThat(port(server, "health")).isEqualTo(health);
    List<String> paths = new ArrayList<>();
    for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
      JsonNode get = server.path(probe).path("httpGet");
      if (!get.isMissingNode()) {
        assertThat(get.path("port").asText()).isEqualTo("health");
        paths.add(get.path("path").asText());
      }
    }
    assertThat(paths).containsExactlyInAnyOrder("/healthz", "/readyz");
    // Beyond ServerCommand's bound for a graceful stop.
    assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThan(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"statefulset.yaml", "sidecar.yaml"})
  void theSecretIsAMountedFileAndOnNoCommandLine(String file) throws IOException {
    JsonNode pod = podOf(file);
    JsonNode secret = object("statefulset.yaml", "Secret");
    String name = secret.path("metadata").path("name").asText();
    assertThat(pod.path("volumes").get(0).path("secret").path("secretName").asText())
        .isEqualTo(name);
    for (JsonNode container : containers(pod)) {
      List<String> arguments = arguments(container);
      assertThat(arguments).contains("--conf=spark.authenticate=true");
      String mount = container.path("volumeMounts").get(0).path("mountPath").asText();
      String key = secret.path("stringData").fieldNames().next();
      assertThat(arguments)
          .contains("--conf=spark.authenticate.secret.file=" + mount + "/" + key)
          .noneMatch(argument -> argument.contains("spark.authenticate.secret="));
    }
  }

  @Test
  void theSidecarsDriverTrainsOnTheSidecar() throws IOException {
    JsonNode pod = podOf("sidecar.yaml");
    List<String> arguments = arguments(container(pod, "driver"));
    int command = arguments.indexOf("/opt/triptych/triptych.jar") + 1;
    ParseResult parsed =
        new CommandLine(new Triptych())
            .parseArgs(arguments.subList(command, arguments.size()).toArray(new String[0]))
            .subcommand();
    int port = parse(container(pod, "server")).matchedOptionValue("--port", 0);
    assertThat(parsed.matchedOptionValue("--servers", "")).isEqualTo("$(POD_IP):" + port);
    assertThat(parsed.matchedOptionValue("--deployment", "")).isEqualTo("standalone");
  }

  @Test
  void theServiceNamesTheServersAndItsPortsAreTheirs() throws IOException {
    JsonNode service = object("statefulset.yaml", "Service");
    JsonNode set = object("statefulset.yaml", "StatefulSet");
    String name = service.path("metadata").path("name").asText();
    assertThat(set.path("spec").path("serviceName").asText()).isEqualTo(name);
    assertThat(service.path("spec").path("selector"))
        .isEqualTo(set.path("spec").path("template").path("metadata").path("labels"));
    JsonNode server = container(podOf("statefulset.yaml"), "server");
    assertThat(parse(server).matchedOptionValue("--host", "")).isEqualTo("$(POD_NAME)." + name);
    for (JsonNode port : service.path("spec").path("ports")) {
      assertThat(port.path("port").asInt()).isEqualTo(port(server, port.path("name").asText()));
    }
  }

  @Test
  void aServerLeavesItsShardsOnAVolumeThatStays() throws IOException {
    JsonNode server = container(podOf("statefulset.yaml"), "server");
    Path folder = parse(server).matchedOptionValue("--snapshot-dir", Path.of("nowhere"));
    JsonNode mount = server.path("volumeMounts").get(1);
    assertThat(mount.path("mountPath").asText()).isEqualTo(folder.toString());
    JsonNode claim =
        object("statefulset.yaml", "StatefulSet").path("spec").path("volumeClaimTemplates").get(0);
    assertThat(claim.path("metadata").path("name")).isEqualTo(mount.path("name"));
  }

  private static ParseResult parse(JsonNode container) {
    return new CommandLine(new Triptych())
        .parseArgs(arguments(container).toArray(new String[0]))
        .subcommand();
  }

  private static List<String> arguments(JsonNode container) {
    List<String> arguments = new ArrayList<>();
    container.path("args").forEach(argument -> arguments.add(argument.asText()));
    return arguments;
  }

  private static int port(JsonNode container, String name) {
    for (JsonNode port : container.path("ports")) {
      if (port.path("name").asText().equals(name)) {
        return port.path("containerPort").asInt();
      }
    }
    throw new AssertionError("no port called " + name);
  }

  private static JsonNode podOf(String file) throws IOException {
    String kind = file.equals("sidecar.yaml") ? "Job" : "StatefulSet";
    return object(file, kind).path("spec").path("template").path("spec");
  }

  private static List<JsonNode> containers(JsonNode pod) {
    List<JsonNode> containers = new ArrayList<>();
    pod.path("initContainers").forEach(containers::add);
    pod.path("containers").forEach(containers::add);
    return containers;
  }

  private static JsonNode container(JsonNode pod, String name) {
    return containers(pod).stream()
        .filter(container -> container.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode object(String file, String kind) throws IOException {
    YAMLMapper yaml = new YAMLMapper();
    try (MappingIterator<JsonNode> objects =
        yaml.readerFor(JsonNode.class).readValues(Files.readString(FOLDER.resolve(file)))) {
      while (objects.hasNext()) {
        JsonNode object = objects.next();
        if (object.path("kind").asText().equals(kind)) {
          return object;
        }
      }
    }
    throw new AssertionError(file + " has no " + kind);
  }
}
