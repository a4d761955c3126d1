package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in {@code docs/examples}, word for word. */
class ExamplesIT {
  @TempDir Path folder;

  @Test
  void theJavaExampleCompilesAndRuns() throws Exception {
    run(
        SourceCode.java(
            "PipelineExample", SourceCode.file("docs/examples/PipelineExample.java"), folder));
  }

  @Test
  void theScalaExampleCompilesAndRuns() throws Exception {
    run(
        SourceCode.scala(
            "ScalaPipelineExample",
            Path.of("..", "docs", "examples", "PipelineExample.scala").toRealPath(),
            folder));
  }

  private void run(Class<?> example) throws Exception {
    Dataset<Row> data = Frames.classes(800, 2, 11);
    String path = folder.resolve("model").toString();
    double auc =
        (double)
            example
                .getMethod("run", Dataset.class, Dataset.class, String.class)
                .invoke(null, data, Frames.classes(400, 2, 12), path);
    assertThat(auc).isBetween(0.7, 1.0);
    assertThat(PipelineModel.load(path).stages()).hasSize(2);
  }
}
