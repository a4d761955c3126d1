package dev.triptych.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.cli.CommandLineRun;
import dev.triptych.testing.JavaProcess;
import dev.triptych.testing.SparkSessions;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java blocks of docs/api.md, word for word. */
@Timeout(180)
class ApiPageIT {
  private static final String MARK = "ApiPageIT compiles and runs this block.";

  @TempDir Path folder;

  @Test
  void everyJavaBlockOfTheApiPageRuns() throws Exception {
    Path libsvm = folder.resolve("clicks.libsvm");
    CommandLineRun generated =
        CommandLineRun.of(
            "datasets", "generate", "clicklog,rows=1000,features=50", "--out", libsvm.toString());
    assertThat(generated.status()).as(generated.err()).isZero();
    Path saved = folder.resolve("saved");
    int blocks = 0;
    for (Markdown.Block block : Markdown.page("docs/api.md").blocks()) {
      if (block.language().equals("java")) {
        assertThat(block.mark()).as(block.place()).isEqualTo(MARK);
        run("Block" + blocks++, block, saved, libsvm);
      }
    }
    assertThat(blocks).isEqualTo(2);
    assertThat(saved.resolve("report.html")).isNotEmptyFile();
  }

  private void run(String name, Markdown.Block block, Path saved, Path libsvm) throws Exception {
    String imports =
        block.lines().stream()
            .filter(line -> line.startsWith("import "))
            .collect(Collectors.joining("\n"));
    String body =
        block.lines().stream()
            .filter(line -> !line.startsWith("import "))
            .collect(Collectors.joining("\n"));
    compile(
        name,
        imports
            + "\npublic final class "
            + name
            + " {\npublic static void run(org.apache.spark.sql.SparkSession spark, String folder,"
            + " String libsvmFile) throws Exception {\n"
            + body
            + "\n}\n}\n");
    try (URLClassLoader classes =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, Thread.currentThread().getContextClassLoader())) {
      classes
          .loadClass(name)
          .getMethod("run", SparkSession.class, String.class, String.class)
          .invoke(null, SparkSessions.local2(), saved.toString(), libsvm.toString());
    }
  }

  private void compile(String name, String source) throws Exception {
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    StringWriter messages = new StringWriter();
    boolean good =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                messages,
                null,
                null,
                List.of(
                    "-d",
                    Files.createDirectories(folder).toString(),
                    "-cp",
                    JavaProcess.testClassPath(),
                    "-proc:none"),
                null,
                List.of(file))
            .call();
    assertThat(good).as("%s%n%s", messages, source).isTrue();
  }
}
