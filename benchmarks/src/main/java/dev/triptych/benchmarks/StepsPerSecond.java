package dev.triptych.benchmarks;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.train.AsyncSettings;
import dev.triptych.async.train.AsyncTrainer;
import dev.triptych.async.train.Deployment;
import dev.triptych.async.train.Transport;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.datasets.SyntheticSpec;
import dev.triptych.peer.MllibTrainer;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.TrainingData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Steps per second of plain mini-batch SGD, over sockets and in shared memory, beside MLlib and
 * SystemDS on the same examples. Two problems that other parameter servers were measured on:
 *
 * <ul>
 *   <li>a9a: 123 features, mini-batches of 128, step size 0.5/√(1+epochs), 10 epochs, 2 workers;
 *   <li>click logs: 200,000 rows of 50 ones over 100,000 features, mini-batches of 1,000, 5 epochs.
 * </ul>
 *
 * <p>Training time on the runs' own clocks, medians; the first run of each is not counted. {@code
 * bin/benchmark StepsPerSecond [ours] [ROUNDS]}: {@code ours} leaves the peers out.
 */
public final class StepsPerSecond {
  private static final int WORKERS = 2;
  private static final String CLICK_LOG =
      "synthetic:clicklog,rows=200000,features=100000,nonzeros=50,seed=1";

  private final SparkSession spark;
  private final int rounds;

  private StepsPerSecond(SparkSession spark, int rounds) {
    this.spark = spark;
    this.rounds = rounds;
  }

  /** What to measure. */
  private record Problem(
      String name, TrainingData data, int batch, double epochs, double stepSize) {}

  /** Optionally {@code ours} and the number of rounds. */
  public static void main(String[] args) throws Exception {
    List<String> arguments = List.of(args);
    boolean peers = !arguments.contains("ours");
    int rounds = 5;
    for (String argument : arguments) {
      if (!argument.equals("ours")) {
        rounds = Integer.parseInt(argument);
      }
    }
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate()) {
      spark.sparkContext().setLogLevel("ERROR");
      StepsPerSecond benchmark = new StepsPerSecond(spark, rounds);
      System.out.println(
          "| problem | system | seconds (median) | all seconds | steps/s | objective |\n"
              + "|---|---|---|---|---|---|");
      for (Problem problem : List.of(benchmark.a9a(), benchmark.clickLog())) {
        benchmark.ours(problem);
        if (peers) {
          benchmark.mllib(problem);
        }
      }
      if (peers) {
        benchmark.systemDs();
      }
    }
  }

  private Problem a9a() {
    return new Problem(A9a.name(), A9a.load(spark, WORKERS), 128, 10, 0.5);
  }

  private Problem clickLog() {
    SyntheticSpec spec = SyntheticSpec.parse(CLICK_LOG);
    TrainingData data =
        DataLoader.generate(
            JavaSparkContext.fromSparkContext(spark.sparkContext()),
            spec.generator(),
            spec.rows(),
            spec.testRows(),
            LoadOptions.of(WORKERS, 1, new LogisticLoss().labelKind()));
    return new Problem("200,000 x 100,000", data, 1000, 5, 0.5);
  }

  private static Objective objective(Problem problem, double lambda) {
    return new Objective(
        new LinearModel(new LogisticLoss(), problem.data().numFeatures(), false), lambda);
  }

  private static RunSettings settings(Problem problem) {
    return new RunSettings(
        WORKERS,
        problem.epochs(),
        problem.batch(),
        new StepSize(StepSize.Schedule.INVERSE_SQRT, problem.stepSize()),
        new Sgd(),
        null,
        1,
        Stragglers.none(),
        Duration.ofSeconds(60),
        4);
  }

  private void ours(Problem problem) {
    for (Transport transport : Transport.values()) {
      AsyncSettings settings =
          AsyncSettings.of(settings(problem), 1, Deployment.DRIVER, Consistency.asp())
              .withTransport(transport);
      measure(
          problem.name(),
          "Triptych, " + transport.optionName(),
          () ->
              new AsyncTrainer()
                  .train(objective(problem, 0), problem.data(), settings, ProgressListener.SILENT));
    }
  }

  private void mllib(Problem problem) {
    measure(
        problem.name(),
        "MLlib LogisticRegression (its own iterations)",
        () ->
            new MllibTrainer()
                .train(
                    objective(problem, 1e-4),
                    problem.data(),
                    settings(problem),
                    ProgressListener.SILENT));
  }

  private interface Run {
    TrainingRun train() throws Exception;
  }

  private void measure(String problem, String system, Run run) {
    double[] seconds = new double[rounds];
    double[] rates = new double[rounds];
    double objective = 0;
    try {
      for (int round = -1; round < rounds; round++) {
        TrainingRun trained = run.train();
        if (round >= 0) {
          seconds[round] = trained.trainSeconds();
          rates[round] = trained.updates() / trained.trainSeconds();
          objective = trained.finalObjective();
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException(system + " on " + problem, e);
    }
    print(problem, system, seconds, rates, objective);
  }

  private static void print(
      String problem, String system, double[] seconds, double[] rates, double objective) {
    String all =
        Arrays.toString(Arrays.stream(seconds).map(s -> Math.round(s * 1e3) / 1e3).toArray());
    Arrays.sort(seconds);
    Arrays.sort(rates);
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.2f | %s | %,.0f | %.5f |%n",
        problem,
        system,
        seconds[seconds.length / 2],
        all.substring(1, all.length() - 1),
        rates[rates.length / 2],
        objective);
  }

  /** In a process of its own: SystemDS needs an older Spark. */
  private void systemDs() throws Exception {
    Path script = Path.of("benchmarks/peers/systemds/run").toAbsolutePath();
    if (!Files.isExecutable(script)) {
      System.err.println("SystemDS is left out: call this from the project's folder");
      return;
    }
    ProcessBuilder builder = new ProcessBuilder(script.toString(), String.valueOf(rounds));
    builder.environment().putAll(Map.of("LC_ALL", "C"));
    Process process = builder.inheritIO().start();
    if (process.waitFor() != 0) {
      System.err.println("SystemDS ended with status " + process.exitValue());
    }
  }
}
