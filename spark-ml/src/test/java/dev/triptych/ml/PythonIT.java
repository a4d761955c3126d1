package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.triptych.testing.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code python/triptych.py}: compiled where there is Python, run where there is PySpark. */
class PythonIT {
  private static final String PROGRAM =
      """
      import os, sys
      from pyspark.ml.linalg import Vectors
      from pyspark.sql import SparkSession
      from triptych import LinearRegression, LogisticRegression, trace
      jars = os.environ["TRIPTYCH_CLASSES"]
      spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
               .config("spark.driver.extraClassPath", jars).getOrCreate())
      rows = [(float(i % 2), Vectors.dense([i % 2 + 0.1 * (i % 7), 1.0 + i % 3])) for i in range(200)]
      data = spark.createDataFrame(rows, ["label", "features"])
      model = LogisticRegression(regParam=0.01, mode="async", numWorkers=2).setEpochs(5.0).fit(data)
      assert type(model).__module__ == "pyspark.ml.classification", type(model)
      assert trace(model).count() > 1
      assert LinearRegression(maxIter=5).fit(data).coefficients.size == 2
      print("python is fine")
      """;

  @TempDir Path folder;

  @Test
  void theFileIsPython() throws Exception {
    assumeTrue(succeeds("-c", "pass"), "there is no python3 here");
    Path copy = Files.copy(file(), folder.resolve("triptych.py"));
    assertThat(succeeds("-m", "py_compile", copy.toString())).isTrue();
  }

  @Test
  void pySparkTrainsInAMode() throws Exception {
    assumeTrue(succeeds("-c", "import pyspark"), "there is no PySpark here");
    Files.copy(file(), folder.resolve("triptych.py"));
    Path program = Files.writeString(folder.resolve("program.py"), PROGRAM);
    assertThat(succeeds(program.toString())).isTrue();
  }

  private static Path file() throws IOException {
    return Path.of("..", "python", "triptych.py").toRealPath();
  }

  private boolean succeeds(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("python3"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).inheritIO();
    builder.environment().put("TRIPTYCH_CLASSES", triptychClasses());
    try {
      Process process = builder.start();
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " has not ended within 120 s");
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program
    }
  }

  /** PySpark brings Spark. */
  private static String triptychClasses() {
    List<String> spark = List.of(JavaProcess.sparkClassPath().split(File.pathSeparator));
    List<String> ours =
        new ArrayList<>(List.of(JavaProcess.testClassPath().split(File.pathSeparator)));
    ours.removeAll(spark);
    return String.join(File.pathSeparator, ours);
  }
}
