package dev.triptych.cli;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every command as users type it, on real (small) input. */
@Timeout(180)
class CommandsIT {
  private static final String DATA = "synthetic:clicklog,rows=2000,features=100,nonzeros=8,seed=9";

  @TempDir Path folder;

  @Test
  void aTrainedModelIsLoadedAndScoredByPlainSpark() throws IOException {
    Path train = folder.resolve("train.libsvm");
    Path test = folder.resolve("test.libsvm.gz");
    CommandLineRun generated =
        CommandLineRun.of(
            "datasets",
            "generate",
            DATA.substring("synthetic:".length()),
            "--out",
            train.toString(),
            "--test-out",
            test.toString());
    assertThat(generated.status()).as(generated.err()).isZero();

    Path config = folder.resolve("experiment.yaml");
    Files.writeString(config, "epochs: 4\nworkers: 3\nintercept: true\nlambda: 1e-3\n");
    Path out = folder.resolve("out");
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            "--modes",
            "async",
            "--data",
            train.toString(),
            "--test",
            test.toString(),
            "--config",
            config.toString(),
            "--intercept",
            "--features",
            "100",
            "--master",
            "local[2]",
            "--out",
            out.toString());
    assertThat(run.status()).as(run.err()).isZero();
    JsonNode result = CommandLineRun.run(out, "async");
    assertThat(result.get("settings").get("workers").asText()).isEqualTo("3");
    assertThat(CommandLineRun.runs(out).get("problem").get("intercept").asBoolean()).isTrue();

    SparkSession plainSpark = SparkSessions.local2();
    LogisticRegressionModel model =
        LogisticRegressionModel.load(out.resolve("weights/async").toUri().toString());
    assertThat(model.intercept()).isNotZero();
    Dataset<Row> rows =
        plainSpark.read().format("libsvm").option("numFeatures", "100").load(test.toString());
    double correct =
        model.transform(rows).filter("prediction = (label + 1) / 2").count()
            / (double) rows.count();
    assertThat(correct)
        .isEqualTo(result.get("finalTestMetrics").get("accuracy").asDouble(), within(1e-9));
    Dataset<Row> scored = model.transform(rows.withColumn("label", expr("(label + 1) / 2")));
    assertThat(result.get("finalTestMetrics").get("areaUnderROC").asDouble())
        .isEqualTo(new BinaryClassificationEvaluator().evaluate(scored), within(1e-9));
    assertThat(result.get("finalTestMetrics").get("logLoss").asDouble())
        .isEqualTo(
            new MulticlassClassificationEvaluator().setMetricName("logLoss").evaluate(scored),
            within(1e-9));
  }

  @Test
  void runsOfSeparateDaysAreMergedIntoOneReport() throws IOException {
    compare("first", "--modes", "sync", "--seed", "7", "--seeds", "2");
    compare("second", "--modes", "gossip");
    Path merged = folder.resolve("merged");
    CommandLineRun run =
        CommandLineRun.of(
            "report",
            "--merge",
            folder.resolve("first").toString(),
            "friday=" + folder.resolve("second"),
            "--out",
            merged.toString());
    assertThat(run.status()).as(run.err()).isZero();
    JsonNode runs = CommandLineRun.runs(merged).get("runs");
    assertThat(runs.findValuesAsText("source")).containsExactly("first", "first", "friday");
    assertThat(runs).extracting(each -> each.get("seed").asLong()).containsExactly(7L, 8L, 1L);
    assertThat(runs.get(0).get("finalObjective")).isNotEqualTo(runs.get(1).get("finalObjective"));
    assertThat(merged.resolve("report.html")).isNotEmptyFile();
    Path refused = folder.resolve("refused");
    CommandLineRun once =
        CommandLineRun.of(
            "report", merged.toString(), merged.toString(), "--out", refused.toString());
    assertThat(once.status()).isEqualTo(2);
    assertThat(once.err()).contains("two files are called merged").hasLineCount(1);
    assertThat(refused).doesNotExist();
  }

  @Test
  void transportsAreComparedAsRunsOfTheAsynchronousMode() throws IOException {
    Path out = compare("transports", "--modes", "async", "--transport", "socket,memory,locked");
    JsonNode runs = CommandLineRun.runs(out).get("runs");
    assertThat(runs.findValuesAsText("algorithm")).containsExactly("asp", "hogwild", "locked");
    assertThat(runs.findValuesAsText("mode")).containsOnly("async");
    assertThat(runs.get(0).has("bytesSent")).isTrue();
    assertThat(runs.get(1).has("bytesSent")).isFalse();
    for (JsonNode run : runs) {
      assertThat(run.get("finalObjective").asDouble()).isLessThan(0.69);
    }
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("without locks (Hogwild): some updates may be lost");
  }

  @Test
  void aRecordedOrderIsReplayedToTheSameBits() throws IOException {
    Path order = folder.resolve("order");
    String[] training = {"--modes", "async", "--servers", "2", "--push-every", "2", "--intercept"};
    Path recorded =
        train("recorded", training, "--record-order", order.toString(), "--compute-delay", "1ms");
    Path replayed = train("replayed", training, "--replay-order", order.toString());
    assertThat(Files.readString(order)).startsWith("triptych-order 1\n").endsWith("end\n");
    JsonNode first = CommandLineRun.run(recorded, "async");
    JsonNode second = CommandLineRun.run(replayed, "async");
    assertThat(first.get("updates")).isEqualTo(second.get("updates"));
    assertThat(second.get("finalObjective").asDouble())
        .isEqualTo(first.get("finalObjective").asDouble());
    SparkSession spark = SparkSessions.local2();
    assertThat(spark.version()).isNotEmpty();
    LogisticRegressionModel model = model(recorded);
    assertThat(model(replayed).coefficients().toArray())
        .containsExactly(model.coefficients().toArray());
    assertThat(model(replayed).intercept()).isEqualTo(model.intercept()).isNotZero();
  }

  private static LogisticRegressionModel model(Path out) {
    return LogisticRegressionModel.load(out.resolve("weights/async").toUri().toString());
  }

  private Path train(String name, String[] training, String... more) {
    Path out = folder.resolve(name);
    List<String> args =
        new ArrayList<>(
            List.of(
                "train",
                "--data",
                DATA,
                "--epochs",
                "3",
                "--workers",
                "3",
                "--master",
                "local[2]",
                "--out",
                out.toString()));
    args.addAll(List.of(training));
    args.addAll(List.of(more));
    CommandLineRun run = CommandLineRun.of(args.toArray(new String[0]));
    assertThat(run.status()).as(run.err()).isZero();
    return out;
  }

  @Test
  void aTargetStopsEveryModeAndAMissedOneIsStatus3() throws IOException {
    Path out = compare("reached", "--target", "0.65", "--epochs", "20");
    for (String mode : new String[] {"sync", "async", "gossip"}) {
      JsonNode run = CommandLineRun.run(out, mode);
      assertThat(run.get("stopReason").asText()).as(mode).isEqualTo("target-reached");
      assertThat(run.get("finalObjective").asDouble()).as(mode).isLessThanOrEqualTo(0.65);
      assertThat(run.get("secondsToTarget").asDouble()).as(mode).isPositive();
    }
    CommandLineRun missed =
        CommandLineRun.of(
            arguments("missed", "--target", "0.01", "--epochs", "1", "--modes", "gossip"));
    assertThat(missed.status()).as(missed.err()).isEqualTo(ExitStatus.STOPPED_SHORT);
  }

  @Test
  void aDisconnectedGraphTrainsWhenAskedToAndItsNodesStayApart() throws IOException {
    Path graph = folder.resolve("islands.txt");
    Files.writeString(graph, "0 1\n2 3\n");
    Path out =
        compare(
            "islands",
            "--modes",
            "gossip",
            "--topology",
            graph.toString(),
            "--allow-disconnected",
            "--partition",
            "by-label");
    assertThat(CommandLineRun.run(out, "gossip").get("consensusDistance").asDouble())
        .isGreaterThan(0.1);
  }

  @Test
  void severalGossipAlgorithmsAreComparedWithTheirGraphsAndNodes() throws IOException {
    Path out =
        compare(
            "algorithms",
            "--modes",
            "gossip",
            "--gossip-algorithm",
            "push-sum,choco,gradient-tracking",
            "--gossip-compression",
            "int8",
            "--topology",
            "exponential",
            "--optimizer",
            "sgd",
            "--partition",
            "dirichlet:0.5");
    JsonNode runs = new ObjectMapper().readTree(out.resolve("runs.json").toFile()).get("runs");
    assertThat(runs.findValuesAsText("algorithm"))
        .containsExactly("push-sum", "choco", "gradient-tracking");
    long[] bytes = new long[3];
    for (int i = 0; i < 3; i++) {
      JsonNode run = runs.get(i);
      bytes[i] = run.get("bytesSent").asLong();
      assertThat(run.get("graph").get("nodes").asInt()).isEqualTo(4);
      assertThat(run.get("graph").get("directed").asBoolean()).isTrue();
      assertThat(run.get("graph").get("rounds").get(0)).hasSize(8);
      JsonNode trace = run.get("trace");
      JsonNode last = trace.get(trace.size() - 1);
      assertThat(last.get("nodeObjectives")).hasSize(4);
      // F is convex: the mean of the weights is no worse than the mean of the nodes.
      double sum = 0;
      for (JsonNode node : last.get("nodeObjectives")) {
        sum += node.asDouble();
      }
      assertThat(last.get("objective").asDouble()).isLessThanOrEqualTo(sum / 4 + 1e-12);
      assertThat(last.get("objective").asDouble())
          .isLessThan(trace.get(0).get("objective").asDouble());
    }
    // M and a number; M/8 and a number; 2M.
    assertThat(bytes[0]).isBetween(bytes[2] / 2, bytes[2] / 2 + bytes[2] / 100);
    assertThat(bytes[1]).isBetween(bytes[2] / 16, bytes[2] / 14);
    assertThat(Files.readString(out.resolve("trace.csv"))).contains("worstNodeObjective");
  }

  @Test
  void gradientDescentGoesDownAtEveryStep() throws IOException {
    Path out = compare("gd", "--modes", "sync", "--sync-algorithm", "gd", "--epochs", "15");
    double before = Double.POSITIVE_INFINITY;
    for (JsonNode point : CommandLineRun.run(out, "sync").get("trace")) {
      assertThat(point.get("objective").asDouble()).isLessThan(before);
      before = point.get("objective").asDouble();
    }
  }

  @Test
  void theGraphDoctorPrintsTheClosedForm() throws IOException {
    CommandLineRun run =
        CommandLineRun.of("topology", "--topology", "ring", "--nodes", "16", "--json");
    assertThat(run.status()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("spectralGap").asDouble())
        .isEqualTo(2.0 / 3 * (1 - Math.cos(2 * Math.PI / 16)), within(1e-8));
    for (String field :
        new String[] {
          "topology",
          "nodes",
          "edges",
          "directed",
          "stronglyConnected",
          "periodic",
          "doublyStochastic",
          "maxDegree",
          "secondEigenvalue",
          "predictedRounds"
        }) {
      assertThat(json.has(field)).as(field).isTrue();
    }
  }

  @Test
  void theGraphDoctorKnowsTimeVaryingGraphsAndWhatTheySend() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "topology", "--topology", "base-k", "--nodes", "6", "--parameters", "1000", "--json");
    assertThat(run.status()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("exactAfterRounds").asInt()).isEqualTo(4);
    assertThat(json.get("bytesPerNodePerRound").asInt()).isEqualTo(8000);
    assertThat(json.get("bytesPerRound").asInt()).isEqualTo(48_000);
    assertThat(json.get("d2Safe").asBoolean()).isFalse();
    CommandLineRun text = CommandLineRun.of("topology", "--topology", "torus:3x5", "--nodes", "15");
    assertThat(text.out()).contains("EXTRA").contains("safe with a step size below");
    Path drawn = folder.resolve("graph.html");
    CommandLineRun picture =
        CommandLineRun.of(
            "topology", "--topology", "base-k", "--nodes", "3", "--picture", drawn.toString());
    assertThat(picture.status()).as(picture.err()).isZero();
    // Two pairs meet in three rounds, one after the other.
    assertThat(Files.readString(drawn))
        .contains("\"nodes\":3,\"directed\":false,\"rounds\":[[[0,1]],[[0,2]],[[0,1]]]");
    CommandLineRun own =
        CommandLineRun.of(
            "topology", "--topology", "base-k", "--nodes", "6", "--mixing", "uniform");
    assertThat(own.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(own.err()).contains("comes with weights of its own").hasLineCount(1);
  }

  @Test
  void anUnusableMasterIsOneLine() {
    CommandLineRun run = CommandLineRun.of(arguments("nowhere", "--master", "nonsense"));
    assertThat(run.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(run.err()).contains("nonsense").hasLineCount(1);
  }

  private Path compare(String out, String... more) {
    CommandLineRun run = CommandLineRun.of(arguments(out, more));
    assertThat(run.status()).as(run.err()).isZero();
    return folder.resolve(out);
  }

  private String[] arguments(String out, String... more) {
    String[] common = {
      "compare",
      "--data",
      DATA,
      "--no-weights",
      "--batch",
      "32",
      "--epochs",
      "3",
      "--out",
      folder.resolve(out).toString(),
      "--master",
      "local[2]"
    };
    return last(common, more);
  }

  /** picocli refuses an option given twice: what comes later replaces what came before. */
  private static String[] last(String[] common, String... more) {
    java.util.List<String> all = new java.util.ArrayList<>();
    for (int i = 1; i < common.length; i++) {
      boolean option = common[i].startsWith("--");
      boolean flag = option && (i + 1 == common.length || common[i + 1].startsWith("--"));
      if (option && java.util.List.of(more).contains(common[i])) {
        i += flag ? 0 : 1;
      } else {
        all.add(common[i]);
      }
    }
    all.add(0, common[0]);
    all.addAll(java.util.List.of(more));
    return all.toArray(new String[0]);
  }
}
