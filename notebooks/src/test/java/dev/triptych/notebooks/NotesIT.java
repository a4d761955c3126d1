package dev.triptych.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every note of this folder does what it says; a broken one is red. */
@Timeout(180)
class NotesIT {
  private static final String ID = "2TESTNOTE";

  private static SparkSession spark;
  private static NoteRunner runner;
  // For the small notes below, one after the other; real notes have one each.
  private static ScalaShell shell;

  @TempDir Path folder;

  @BeforeAll
  static void open() throws Exception {
    Path classes = NoteRunner.classesFolder();
    spark =
        SparkSessions.local2(
            Map.of(
                "spark.repl.class.outputDir",
                classes.toString(),
                // Tables of a few rows: code made for them costs more than it saves.
                "spark.sql.codegen.wholeStage",
                "false",
                "spark.sql.codegen.factoryMode",
                "NO_CODEGEN",
                "spark.sql.adaptive.enabled",
                "false"));
    runner = new NoteRunner(spark, classes);
    shell = runner.open();
  }

  @AfterAll
  static void close() {
    shell.close();
    spark.stop();
  }

  static List<Path> notes() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(""))) {
      return files.filter(file -> file.toString().endsWith(".zpln")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("notes")
  void everyParagraphRunsAndShowsWhatItClaims(Path file) throws Exception {
    Note note = Note.read(file);
    assertThat(note.paragraphs())
        .extracting(Paragraph::magic)
        .contains("md", "spark", "spark.conf");
    assertThat(runner.run(note)).hasSameSizeAs(note.paragraphs());
  }

  @Test
  void zeppelinsServerReadsEveryNoteAndItsMagics() throws Exception {
    ZeppelinServer.Answer answer = ZeppelinServer.read(folder, notes());

    assertThat(answer.status()).as(answer.error()).isZero();
    assertThat(answer.lines()).hasSize(4);
    for (Path file : notes()) {
      Note note = Note.read(file);
      StringBuilder line = new StringBuilder(note.name());
      note.paragraphs().forEach(paragraph -> line.append(" %").append(paragraph.magic()));
      assertThat(answer.lines()).contains(line.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%spark\nval wrong: Int = \"text\"",
        "%spark\nsc.parallelize(1 to 4).map(i => 1 / (i - i)).count()",
        "%spark\nval open = (1 +",
        "%spark.sql\nselect * from nowhere",
        "%pyspark\nprint(1)",
        "%spark.conf\nspark.jars /tmp/other.jar",
        "%spark.conf\nspark.jars /a/triptych.jar\nspark.driver.extraJavaOption -Xmx1g",
        "%spark.conf\nspark.jars /a/triptych.jar\nspark.driver.extraJavaOptions --add-module=x",
        "%spark\nz.show(spark.range(0).toDF(\"n\"))",
        "%spark\nval n = 1 // z.show(nothing)",
        "%spark\nprintln(\"%html <p>no chart</p>\")",
        "no magic"
      })
  void aBrokenParagraphIsNamedAndStopsTheNote(String text) {
    assertThatThrownBy(
            () -> runner.run(Note.read(note("%md\nfine", text, "%spark\nsys.exit(9)")), shell))
        .isInstanceOf(BrokenNoteException.class)
        .hasMessageStartingWith("Broken_" + ID + ".zpln, paragraph 2: ");
  }

  @Test
  void aChartThatNamesAnotherColumnThanTheTableHasIsRefused() throws Exception {
    String table =
        "%spark\nz.show(spark.range(3).selectExpr(\"id\", \"cast(null as int) as age\"))";
    assertThat(runner.run(Note.read(chart(table, "id", 0)), shell)).hasSize(1);
    assertThatThrownBy(() -> runner.run(Note.read(chart(table, "id", 1)), shell))
        .hasMessageContaining("draws column 1 id");
    assertThatThrownBy(() -> runner.run(Note.read(chart(table, "age", 1)), shell))
        .hasMessageContaining("cannot draw age = null");
  }

  @Test
  void aCaseClassOfAnEarlierParagraphMakesADataset() throws Exception {
    Path note =
        note(
            "%spark\ncase class Point(x: Double, label: Int)",
            "%spark\nval points = spark.range(9).map(i => Point(i / 2.0, 1)).cache()",
            "%spark\nz.show(points.filter(_.x > 1))",
            "%spark\npoints.createOrReplaceTempView(\"points\")",
            "%spark.sql\nselect sum(x) as s from points");
    List<NoteRunner.Shown> shown = runner.run(Note.read(note), shell);
    assertThat(shown.get(4).messages().get(0).getData()).isEqualTo("s\n18.0\n");
  }

  @Test
  void jsonThatIsNoneIsRefusedHereAndByZeppelin() throws Exception {
    Path file = note("%md\nfine");
    Files.writeString(file, Files.readString(file).replace("\"name\":", "\"name\""));
    assertThatThrownBy(() -> Note.read(file))
        .isInstanceOf(BrokenNoteException.class)
        .hasMessageContaining("not JSON");
    ZeppelinServer.Answer answer = ZeppelinServer.read(folder, List.of(file));
    assertThat(answer.status()).isNotZero();
    assertThat(answer.error()).contains("CorruptedNoteException");
  }

  @Test
  void keysThatZeppelinWouldOverlookAreRefused() throws Exception {
    Path file = note("%md\nfine");
    String json = Files.readString(file);
    Files.writeString(file, json.replace("\"text\"", "\"txt\""));
    assertThatThrownBy(() -> Note.read(file)).hasMessageContaining("unknown key txt");
    Files.writeString(file, json.replace("\"config\":{},\"settings\"", "\"settings\""));
    assertThatThrownBy(() -> Note.read(file)).hasMessageContaining("config");
  }

  private Path note(String... texts) throws IOException {
    ObjectNode note = new ObjectMapper().createObjectNode();
    ArrayNode paragraphs = note.putArray("paragraphs");
    for (String text : texts) {
      ObjectNode paragraph = paragraphs.addObject();
      paragraph.put("text", text).put("id", "p" + paragraphs.size());
      paragraph.putObject("config");
      paragraph.putObject("settings");
    }
    note.put("name", "Broken").put("id", ID).put("defaultInterpreterGroup", "spark");
    return write(note);
  }

  private Path chart(String text, String column, int index) throws IOException {
    ObjectNode note = (ObjectNode) new ObjectMapper().readTree(note(text).toFile());
    ObjectNode config = (ObjectNode) note.at("/paragraphs/0/config");
    ObjectNode graph = config.putArray("results").addObject().putObject("graph");
    graph.put("mode", "lineChart").putArray("keys");
    graph.putArray("groups");
    graph.putArray("values").addObject().put("name", column).put("index", index);
    return write(note);
  }

  private Path write(ObjectNode note) throws IOException {
    return Files.writeString(folder.resolve("Broken_" + ID + ".zpln"), note.toString());
  }
}
