package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loss of a user's own in the README, word for word. */
@Timeout(300)
class OwnLossIT {
  private static final String MARK = "<!-- OwnLossIT compiles and trains this block. -->";

  @TempDir Path folder;

  @Test
  void theLossInTheReadmeTrainsInAllThreeModes() throws Exception {
    compile("com.acme.LogCosh", lines());
    Path out = folder.resolve("out");
    CommandLineRun run =
        CommandLineRun.of(
            "compare",
            "--modes",
            "sync,async,gossip",
            "--problem",
            "class:com.acme.LogCosh",
            "--data",
            "synthetic:gaussian,rows=2000,test=500,features=8,noise=0.1",
            "--lambda",
            "0",
            "--epochs",
            "10",
            "--workers",
            "2",
            "--master",
            "local[2]",
            "--out",
            out.toString());
    assertThat(run.status()).as(run.err()).isZero();
    for (JsonNode trained : CommandLineRun.runs(out).get("runs")) {
      // The noise of the labels is .1; who predicts 0 is off by far more.
      assertThat(trained.get("finalTestMetrics").get("rmse").asDouble())
          .as(trained.get("mode").asText())
          .isLessThan(0.15);
    }
  }

  /** In shared memory too, where parameters are pulled and pushed by feature. */
  @Test
  void aModelOfOnesOwnWithTwoParametersAFeatureTrainsInAllThreeModes() throws Exception {
    Path data = folder.resolve("curves.libsvm");
    Files.write(data, curves(3000));
    Path out = folder.resolve("model");
    String options =
        "--modes sync,async,gossip --aggregation all-reduce --transport socket,memory --lambda 0"
            + " --optimizer adagrad --step-size 0.3 --batch 32 --epochs 15 --workers 2 --master local[2]";
    List<String> arguments = new ArrayList<>(List.of("compare"));
    arguments.addAll(List.of(options.split(" ")));
    arguments.addAll(
        List.of(
            "--problem",
            "class:" + AdditiveQuadratic.class.getName(),
            "--data",
            data.toString(),
            "--out",
            out.toString()));
    CommandLineRun run = CommandLineRun.of(arguments.toArray(new String[0]));
    assertThat(run.status()).as(run.err()).isZero();
    JsonNode runs = CommandLineRun.runs(out).get("runs");
    assertThat(runs).hasSize(4);
    for (JsonNode trained : runs) {
      // Noise of .1 leaves .005; the best linear model leaves 0.2 and more.
      assertThat(trained.get("finalObjective").asDouble())
          .as("%s", trained.get("label"))
          .isBetween(0.0045, 0.0065);
    }
  }

  /** y = Σ_j (cos(j) x_j + (1 + j) x_j² / 2) + noise of .1. */
  private static List<String> curves(int numRows) {
    Random random = new Random(17);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < numRows; i++) {
      double y = 0.1 * random.nextGaussian();
      StringBuilder row = new StringBuilder();
      for (int j = 0; j < 4; j++) {
        double x = 2 * random.nextDouble() - 1;
        y += Math.cos(j) * x + (1 + j) * x * x / 2;
        row.append(' ').append(j + 1).append(':').append(x);
      }
      lines.add(y + row.toString());
    }
    return lines;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "com.acme.Missing | no such class on the class path",
        "java.lang.String | expected a class that implements dev.triptych.core.loss.Loss",
        "dev.triptych.core.model.LinearModel | expected a public constructor",
        "dev.triptych.core.model.Model | expected a public class that is not abstract",
      })
  void whatIsNoLossAndNoModelIsRefusedInOneLine(String name, String why) {
    CommandLineRun run =
        CommandLineRun.of(
            "train", "--problem", "class:" + name, "--out", folder.resolve("none").toString());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.err()).contains("class:" + name, why);
    assertThat(folder.resolve("none")).doesNotExist();
  }

  private static String lines() throws Exception {
    String readme = Files.readString(Path.of("..", "README.md").toRealPath());
    int begin = readme.indexOf("```java\n", readme.indexOf(MARK)) + "```java\n".length();
    return readme.substring(begin, readme.indexOf("```", begin));
  }

  /** To where this test's own classes are, so that the command line finds it. */
  private static void compile(String name, String source) throws Exception {
    Path classes =
        Path.of(OwnLossIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///" + name.replace('.', '/') + ".java"),
            JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
    boolean good =
        ToolProvider.getSystemJavaCompiler()
            .getTask(messages, null, null, options, null, List.of(file))
            .call();
    assertThat(good).as("%s%n%s", messages, source).isTrue();
  }
}
