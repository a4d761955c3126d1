package dev.triptych.async.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.testing.SparkSessions;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop in the README, word for word. */
@Timeout(300)
class ReadmeIT {
  private static final String MARK = "<!-- ReadmeIT compiles and runs this block. -->";
  private static final String CLASS = "dev.triptych.async.api.ReadmeLines";

  @Test
  void theLoopInTheReadmeCompilesAndFitsTheLine() throws Exception {
    compile(
        """
        package dev.triptych.async.api;
        import java.util.ArrayList;
        import java.util.List;
        import org.apache.spark.api.java.JavaRDD;
        import org.apache.spark.api.java.JavaSparkContext;
        public final class ReadmeLines {
          public static double[] run(JavaSparkContext spark, JavaRDD<double[]> points) {
            double[] weights;
        %s
            return weights;
          }
        }
        """
            .formatted(lines()));
    try (SparkSession session =
        SparkSessions.local2(Map.of("spark.master", "local[4,4]", "spark.ui.enabled", "false"))) {
      JavaSparkContext spark = new JavaSparkContext(session.sparkContext());
      List<double[]> points = new ArrayList<>();
      for (int k = 0; k < 80; k++) {
        double x = (k * 37 % 80) / 40.0 - 1;
        points.add(new double[] {x, 2 - 3 * x});
      }
      double[] weights =
          (double[])
              Class.forName(CLASS)
                  .getMethod("run", JavaSparkContext.class, JavaRDD.class)
                  .invoke(null, spark, spark.parallelize(points, 4));
      assertThat(weights).containsExactly(new double[] {2, -3}, within(1e-3));
    }
  }

  private static String lines() throws Exception {
    String readme = Files.readString(Path.of("..", "README.md").toRealPath());
    int begin = readme.indexOf("```java\n", readme.indexOf(MARK)) + "```java\n".length();
    String block = readme.substring(begin, readme.indexOf("```", begin));
    assertThat(block).contains("ParameterRun.open", "client.pull()");
    return block;
  }

  /** To where this test's own classes are, so that Spark's tasks find it. */
  private static void compile(String source) throws Exception {
    Path classes =
        Path.of(ReadmeIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///" + CLASS.replace('.', '/') + ".java"),
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
    boolean good = compiler.getTask(messages, null, null, options, null, List.of(file)).call();
    assertThat(good).as("%s%n%s", messages, source).isTrue();
  }
}
