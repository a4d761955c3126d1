package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
            "20",
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
