package dev.triptych.notebooks;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.apache.zeppelin.display.GUI;
import org.apache.zeppelin.interpreter.InterpreterContext;
import org.apache.zeppelin.interpreter.InterpreterOutput;
import org.apache.zeppelin.interpreter.InterpreterResultMessage;
import org.jspecify.annotations.Nullable;

/**
 * Runs notes headless, paragraph after paragraph, and checks what they show. All notes share one
 * Spark session; each note has a Scala interpreter of its own, as notes have in Zeppelin's isolated
 * mode.
 */
final class NoteRunner {
  private static final Set<String> MAGICS = Set.of("spark", "spark.sql", "spark.conf", "md");

  private static final String CLASS_PREFIX = "scala.repl.name.line";

  /** What Zeppelin's Spark interpreter imports before the first paragraph. */
  private static final List<String> FIRST =
      List.of(
          "import org.apache.spark.SparkContext._",
          "import spark.implicits._",
          "import spark.sql",
          "import org.apache.spark.sql.functions._");

  private static int shells;

  private final SparkSession spark;
  private final Path classes;

  /**
   * @param spark whose {@code spark.repl.class.outputDir} is {@code classes}
   */
  NoteRunner(SparkSession spark, Path classes) {
    this.spark = spark;
    this.classes = classes;
  }

  /** A paragraph and what it printed or showed. */
  record Shown(Paragraph paragraph, List<InterpreterResultMessage> messages) {}

  /**
   * Runs a note to its end.
   *
   * @throws BrokenNoteException at the first paragraph that fails, or does not show what it claims
   */
  List<Shown> run(Note note) throws Exception {
    for (Paragraph paragraph : note.paragraphs()) {
      if (!MAGICS.contains(paragraph.magic())) {
        throw new BrokenNoteException(
            paragraph.where(),
            "unknown magic %" + paragraph.magic() + ", expected one of " + MAGICS);
      }
    }
    // Interpreters share a folder of classes; Zeppelin tells them apart in the same way.
    System.setProperty(CLASS_PREFIX, "$line" + (100 + ++shells) + "0");
    try (ScalaShell shell = new ScalaShell(classes)) {
      TableContext z = new TableContext();
      shell.bind("spark", spark.getClass().getCanonicalName(), spark);
      shell.bind("sc", "org.apache.spark.SparkContext", spark.sparkContext());
      shell.bind("z", TableContext.class.getCanonicalName(), z);
      for (String line : FIRST) {
        if (!shell.run(line, new InterpreterOutput())) {
          throw new IllegalStateException("cannot run " + line);
        }
      }
      List<Shown> shown = new ArrayList<>();
      for (Paragraph paragraph : note.paragraphs()) {
        Shown result = new Shown(paragraph, run(note, paragraph, shell, z));
        Claims.check(result);
        shown.add(result);
      }
      return shown;
    } finally {
      System.clearProperty(CLASS_PREFIX);
    }
  }

  private List<InterpreterResultMessage> run(
      Note note, Paragraph paragraph, ScalaShell shell, TableContext z) throws Exception {
    InterpreterOutput out = new InterpreterOutput();
    InterpreterContext context =
        InterpreterContext.builder()
            .setNoteId(note.id())
            .setParagraphId(paragraph.where())
            .setInterpreterOut(out)
            .setLocalProperties(Map.of())
            .setGUI(new GUI())
            .setNoteGUI(new GUI())
            .build();
    InterpreterContext.set(context);
    z.setInterpreterContext(context);
    try {
      String error =
          switch (paragraph.magic()) {
            case "spark" -> shell.run(paragraph.code(), out) ? null : text(out);
            case "spark.sql" -> sql(paragraph.code(), shell, z, out);
            case "spark.conf" -> settings(paragraph.code());
            default -> paragraph.code().isBlank() ? "no text" : null;
          };
      if (error != null) {
        throw new BrokenNoteException(paragraph.where(), error);
      }
      out.flush();
      return out.toInterpreterResultMessage();
    } finally {
      InterpreterContext.remove();
    }
  }

  private @Nullable String sql(
      String query, ScalaShell shell, TableContext z, InterpreterOutput out) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    // As Zeppelin: tables may be of classes that an earlier paragraph defined.
    thread.setContextClassLoader(shell.classLoader());
    try {
      out.write(z.showData(spark.sql(query.strip())));
      return null;
    } catch (Exception e) {
      // Scala throws AnalysisException, which is checked, without saying so.
      return String.valueOf(e.getMessage());
    } finally {
      thread.setContextClassLoader(loader);
    }
  }

  /**
   * Reads settings as Zeppelin does, and wants our jar among them: they cannot be applied, since
   * the session is there.
   */
  private static @Nullable String settings(String code) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(code));
    for (String key : properties.stringPropertyNames()) {
      if (!key.startsWith("spark.") && !key.startsWith("zeppelin.") && !key.equals("SPARK_HOME")) {
        return "not a setting of Spark's or Zeppelin's: " + key;
      }
    }
    String jars = properties.getProperty("spark.jars", "");
    return jars.endsWith("triptych.jar") ? null : "spark.jars: expected .../triptych.jar";
  }

  private static String text(InterpreterOutput out) throws IOException {
    out.flush();
    return new String(out.toByteArray(), StandardCharsets.UTF_8).strip();
  }

  /** An empty folder for the interpreters' classes. */
  static Path classesFolder() throws IOException {
    return Files.createTempDirectory(
        Files.createDirectories(Path.of("target")).toAbsolutePath(), "repl-classes");
  }
}
