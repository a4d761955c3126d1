package dev.triptych.spark.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testing.JavaProcess;
import dev.triptych.testing.SparkSubmit;
import dev.triptych.testing.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same through the real SparkSubmit on a master and two workers in processes of their own. */
@Timeout(300)
class StandaloneClusterIT {
  @TempDir Path folder;

  @Test
  void aSubmittedJarJoinsItsRunOnBothExecutors() throws Exception {
    Path jar =
        jarOf(folder.resolve("app.jar"), Path.of("target/classes"), Path.of("target/test-classes"));
    try (StandaloneCluster cluster = StandaloneCluster.start(2)) {
      SparkSubmit.Result result =
          SparkSubmit.to(cluster.masterUrl())
              .classPath(JavaProcess.sparkClassPath())
              .run(Duration.ofSeconds(180), jar, SubmittedApp.class.getName(), "hello");

      assertThat(result.output()).contains("joined on executors [0, 1] with argument hello");
      assertThat(result.exitStatus()).isZero();
      assertThat(cluster.workers()).hasSize(2).allMatch(JavaProcess::isAlive);
    }
  }

  private static Path jarOf(Path jar, Path... classFolders) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Path classes : classFolders) {
        try (Stream<Path> files = Files.walk(classes).filter(Files::isRegularFile)) {
          for (Path file : (Iterable<Path>) files::iterator) {
            out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
            Files.copy(file, out);
          }
        }
      }
    }
    return jar;
  }
}
