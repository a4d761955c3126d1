package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.sql.Dataset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pipeline in the README, word for word. */
class PipelineReadmeIT {
  private static final String MARK = "<!-- PipelineReadmeIT compiles and runs this block. -->";

  @TempDir Path folder;

  @Test
  void thePipelineInTheReadmeCompilesAndRuns() throws Exception {
    String readme = SourceCode.file("README.md");
    int begin = readme.indexOf("```java\n", readme.indexOf(MARK)) + "```java\n".length();
    String block = readme.substring(begin, readme.indexOf("```", begin));
    assertThat(block).contains("setMode(\"async\")");
    String imports =
        block.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
    String lines =
        block.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
    Class<?> compiled =
        SourceCode.java(
            "ReadmePipeline",
            """
            %s
            import org.apache.spark.ml.*;
            import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
            import org.apache.spark.sql.*;
            public final class ReadmePipeline {
              public static double run(Dataset<Row> training, Dataset<Row> test, String path)
                  throws Exception {
            %s
                return auc;
              }
            }
            """
                .formatted(imports, lines),
            folder);
    String path = folder.resolve("model").toString();
    double auc =
        (double)
            compiled
                .getMethod("run", Dataset.class, Dataset.class, String.class)
                .invoke(null, Frames.classes(800, 2, 13), Frames.classes(400, 2, 14), path);
    assertThat(auc).isBetween(0.7, 1.0);
    assertThat(PipelineModel.load(path).stages()).hasSize(1);
  }
}
