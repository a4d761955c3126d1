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
import org.apache.spark.internal.config.ConfigEntry;
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

  private static final Set<String> ZEPPELIN_SETTINGS =
      Set.of("SPARK_HOME", "zeppelin.spark.enableSupportedVersionCheck");

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
  private final TableContext z = new TableContext();

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
   * Runs a note to its end, in an interpreter of its own.
   *
   * @throws BrokenNoteException at the first paragraph that fails, or does not show what it claims
   */
  List<Shown> run(Note note) throws Exception {
    try (ScalaShell shell = open()) {
      return run(note, shell);
    }
  }

  /** An interpreter as Zeppelin has it ready for the first paragraph. */
  ScalaShell open() throws Exception {
    // Interpreters share a folder of classes; Zeppelin tells them apart in the same way.
    String prefix = "$line" + (100 + ++shells) + "0";
    ScalaShell shell = new ScalaShell(classes, prefix);
    shell.bind("spark", spark.getClass().getCanonicalName(), spark);
    shell.bind("sc", "org.apache.spark.SparkContext", spark.sparkContext());
    shell.bind("z", TableContext.class.getCanonicalName(), z);
    if (!shell.run(String.join("\n", FIRST), new InterpreterOutput())) {
      throw new IllegalStateException("cannot run " + FIRST);
    }
    return shell;
  }

  /** Runs a note to its end, in an interpreter where others may have run before. */
  List<Shown> run(Note note, ScalaShell shell) throws Exception {
    for (Paragraph paragraph : note.paragraphs()) {
      if (!MAGICS.contains(paragraph.magic())) {
        throw new BrokenNoteException(
            paragraph.where(),
            "unknown magic %" + paragraph.magic() + ", expected one of " + MAGICS);
      }
    }
    List<Shown> shown = new ArrayList<>();
    for (Paragraph paragraph : note.paragraphs()) {
      Shown result = new Shown(paragraph, run(note, paragraph, shell));
      Claims.check(result);
      shown.add(result);
    }
    return shown;
  }

  private List<InterpreterResultMessage> run(Note note, Paragraph paragraph, ScalaShell shell)
      throws Exception {
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
            case "spark.sql" -> sql(paragraph.code(), shell, out);
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

  private @Nullable String sql(String query, ScalaShell shell, InterpreterOutput out)
      throws IOException {
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
   * Reads settings as Zeppelin does, and wants our jar among them. They cannot be applied, since
   * the session is there; but Spark must know each, and a JVM must start with the options.
   */
  private static @Nullable String settings(String code) throws Exception {
    Properties properties = new Properties();
    properties.load(new StringReader(code));
    for (String key : properties.stringPropertyNames()) {
      if (!ZEPPELIN_SETTINGS.contains(key) && ConfigEntry.findEntry(key) == null) {
        return "not a setting of Spark's or Zeppelin's: " + key;
      }
    }
    String options = properties.getProperty("spark.driver.extraJavaOptions", "").strip();
    if (!options.isEmpty()) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of(options.split("\\s+")));
      command.add("-version");
      Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (java.waitFor() != 0) {
        return "no JVM starts with spark.driver.extraJavaOptions: " + said.strip();
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
