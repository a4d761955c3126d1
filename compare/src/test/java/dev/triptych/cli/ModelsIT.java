package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.spark.data.DataSource;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.Ratings;
import dev.triptych.spark.data.RatingsLoader;
import dev.triptych.testing.DatasetMirror;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.recommendation.ALS;
import org.apache.spark.ml.recommendation.ALSModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models beyond linear ones, from the command line, in all three modes. */
@Timeout(300)
class ModelsIT {
  private static final String[] HERE = {"--workers", "2", "--master", "local[2]"};
  private static final String[] MODES = {
    "--modes", "sync,async,gossip", "--aggregation", "all-reduce"
  };

  @TempDir Path folder;

  @Test
  void aFactorizationMachineSeesInteractionsThatALinearModelHardlySees() throws Exception {
    String[] data = {
      "--data", "synthetic:interactions,rows=6000,test=3000,features=60,groups=4,seed=3"
    };
    double linear =
        metric(run("linear", data, "train", "--sync-algorithm", "lbfgs", "--epochs", "30"), "sync");
    JsonNode runs =
        run(
            "machine",
            data,
            "compare",
            with(
                MODES,
                "--problem fm --factors 4 --optimizer adagrad --step-size 0.3 --batch 20"
                    + " --epochs 12"));
    assertThat(linear).isLessThan(0.7);
    for (String mode : List.of("sync", "async", "gossip")) {
      assertThat(metric(runs, mode)).as(mode).isGreaterThan(linear + 0.1);
    }
  }

  /** The common objective is that of {@code --class-weights}, for MLlib too. */
  @Test
  void classesCountAsTheUserSaysInEveryMode() throws Exception {
    String[] data = {"--data", "synthetic:gaussian,rows=2000,features=8,classes=2,seed=4"};
    String options =
        "--modes sync,async,gossip,mllib --class-weights 0=1,1=9 --lambda 1e-2 --intercept --sync-algorithm lbfgs --batch 20 --epochs 60";
    JsonNode weighted = run("weighted", data, "compare", options.split(" "));
    double optimum = objective(weighted, "sync");
    assertThat(weighted.get("data").get("details").get("class weights").asText())
        .isEqualTo("0=1,1=9");
    assertThat(objective(weighted, "mllib")).isCloseTo(optimum, within(1e-4));
    for (String mode : List.of("async", "gossip")) {
      assertThat(objective(weighted, mode)).as(mode).isBetween(optimum - 1e-6, optimum + 0.01);
    }
    // It is .504 when all examples count the same.
    assertThat(optimum).isLessThan(0.3);
  }

  @Test
  void softmaxOnMnistComesWithinAThousandthOfTheOptimum() throws Exception {
    JsonNode runs =
        run(
            "mnist",
            mnist(),
            "train",
            "--problem",
            "softmax",
            "--sync-algorithm",
            "lbfgs",
            "--tolerance",
            "0",
            "--epochs",
            "200",
            "--lambda",
            "1e-4",
            "--target",
            "0.26821768067");
    assertThat(runs.get("runs").get(0).get("stopReason").asText()).isEqualTo("target-reached");
    assertThat(metric(runs, "sync")).isGreaterThanOrEqualTo(0.92);
  }

  /** Step size and schedule were chosen on the last 10,000 training rows (docs/benchmarks.md). */
  @Test
  void aNetworkLearnsMnistInAllThreeModes() throws Exception {
    JsonNode runs =
        run(
            "network",
            mnist(),
            "compare",
            with(
                MODES,
                "--problem mlp --layers 784,128,10 --lambda 0 --optimizer adam --step-size 0.015"
                    + " --schedule inverse-sqrt --batch 64 --epochs 5 --snapshots 4"
                    + " --no-weights"));
    for (String mode : List.of("sync", "async", "gossip")) {
      assertThat(metric(runs, mode)).as(mode).isGreaterThanOrEqualTo(0.97);
    }
  }

  @Test
  void ratingsOfMovieLensArePredictedNoWorseThanByAls() throws Exception {
    String file = mirror("ml_latest_small/ml_latest_small.ratings.csv.gz");
    Path out = folder.resolve("ratings");
    run(
        "ratings",
        new String[] {"--data", file},
        "train",
        "--problem",
        "mf",
        "--factors",
        "10",
        "--lambda",
        "2e-4",
        "--sync-algorithm",
        "lbfgs",
        "--epochs",
        "60",
        "--seed",
        "7");
    Ratings ratings =
        RatingsLoader.load(
            SparkSessions.local2(), DataSource.of(file), LoadOptions.of(2, 7, LabelKind.REAL), 0.2);
    Dataset<Row> train = table(ratings, ratings.data().blocks()).cache();
    JavaRDD<ExampleBlock> heldOut = ratings.data().test();
    assertThat(heldOut).isNotNull();
    Dataset<Row> test = table(ratings, heldOut).cache();

    double best = Double.POSITIVE_INFINITY;
    Dataset<Row> known = test;
    for (double lambda : new double[] {0.1, 0.15, 0.2}) {
      ALSModel als =
          new ALS()
              .setRank(10)
              .setNumBlocks(2)
              .setRegParam(lambda)
              .setMaxIter(10)
              .setSeed(7)
              .setColdStartStrategy("drop")
              .fit(train);
      // Of films that ALS has never seen it says nothing: the others decide.
      known = als.transform(test).drop("prediction");
      best = Math.min(best, rmse(als.transform(test)));
    }
    ALSModel ours = ALSModel.load(out.resolve("weights").resolve("sync").toUri().toString());
    assertThat(rmse(ours.transform(known))).isLessThanOrEqualTo(best);
  }

  private static double rmse(Dataset<Row> predictions) {
    return predictions.selectExpr("sqrt(avg(power(prediction - rating, 2)))").first().getDouble(0);
  }

  private static Dataset<Row> table(Ratings ratings, JavaRDD<ExampleBlock> blocks) {
    int[] users = ratings.users();
    int[] items = ratings.items();
    JavaRDD<Row> rows =
        blocks.flatMap(
            block -> {
              List<Row> list = new ArrayList<>();
              for (int r = 0; r < block.numRows(); r++) {
                list.add(
                    RowFactory.create(
                        users[block.columnAt(r, 0)],
                        items[block.columnAt(r, 1) - users.length],
                        (float) block.label(r)));
              }
              return list.iterator();
            });
    return SparkSessions.local2()
        .createDataFrame(
            rows,
            new StructType()
                .add("user", DataTypes.IntegerType)
                .add("item", DataTypes.IntegerType)
                .add("rating", DataTypes.FloatType));
  }

  private static String[] mnist() {
    return new String[] {
      "--data",
      mirror("mnist/mnist.train.libsvm.gz"),
      "--test",
      mirror("mnist/mnist.test.libsvm.gz"),
      "--features",
      "784",
      "--scale",
      "1/255"
    };
  }

  private static String mirror(String file) {
    return DatasetMirror.assumePresent(file).toString();
  }

  private static String[] with(String[] some, String others) {
    List<String> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(others.split(" ")));
    return all.toArray(new String[0]);
  }

  private JsonNode run(String name, String[] data, String command, String... options)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of(data));
    arguments.addAll(List.of(HERE));
    arguments.addAll(List.of(options));
    Path out = folder.resolve(name);
    arguments.addAll(List.of("--out", out.toString()));
    CommandLineRun run = CommandLineRun.of(arguments.toArray(new String[0]));
    assertThat(run.status()).as(run.err()).isZero();
    return CommandLineRun.runs(out);
  }

  private static double objective(JsonNode runs, String mode) {
    for (JsonNode run : runs.get("runs")) {
      if (run.get("mode").asText().equals(mode)) {
        return run.get("finalObjective").asDouble();
      }
    }
    throw new AssertionError("no run of " + mode);
  }

  private static double metric(JsonNode runs, String mode) {
    for (JsonNode run : runs.get("runs")) {
      if (run.get("mode").asText().equals(mode)) {
        return run.get("finalTestMetrics").elements().next().asDouble();
      }
    }
    throw new AssertionError("no run of " + mode);
  }
}
