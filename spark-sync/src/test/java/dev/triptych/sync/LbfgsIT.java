package dev.triptych.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.data.LibsvmParser;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.loss.Losses;
import dev.triptych.core.minimizer.OwlQn;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import dev.triptych.core.model.Regularizer;
import dev.triptych.core.model.Softmax;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.DataSource;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.DatasetMirror;
import dev.triptych.testing.GeneratedData;
import dev.triptych.testing.ReferenceOptimum;
import dev.triptych.testing.SparkSessions;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** L-BFGS against optima that others certified, and beside MLlib's solver. */
@Timeout(120)
class LbfgsIT {
  private static final long SEED = 20261124;
  private static final int WORKERS = 4;
  private static final int DIGITS = 10;
  private static final Map<String, TrainingData> LOADED = new HashMap<>();
  private static final Map<String, Integer> NUM_FEATURES =
      Map.of(
          "a9a",
          123,
          "phishing",
          68,
          "covtype20k",
          54,
          "mushrooms",
          112,
          "abalone",
          8,
          "digits",
          64);

  @AfterAll
  static void release() {
    LOADED.values().forEach(data -> data.blocks().unpersist());
    LOADED.clear();
  }

  @ParameterizedTest
  @CsvSource({
    "a9a,logistic,3.071158748195694e-05,true,.3233491732607509",
    "a9a,squared-hinge,1e-4,false,.4222353528061758",
    "a9a,smooth-hinge,1e-4,false,.19387043635200543",
    "mushrooms,squared-hinge,1e-4,false,.0007329488627886249",
    "mushrooms,smooth-hinge,1e-4,false,.0007134200995390292",
    "phishing,squared-hinge,1e-4,false,.18500894982555577",
    "phishing,smooth-hinge,1e-4,false,.08830605970669633",
    "covtype20k,squared-hinge,1e-4,false,.4423298579983699",
    "covtype20k,smooth-hinge,1e-4,false,.19913240017173556",
  })
  void reachesTheCertifiedOptimum(
      String name, String problem, double lambda, boolean intercept, double optimum) {
    Loss loss = Losses.byName(problem).orElseThrow();
    TrainingData data = load(name, loss.labelKind());
    double enough = optimum * (1 + 1e-9);
    TrainingRun run =
        inTheTasks(
            new Objective(new LinearModel(loss, data.numFeatures(), intercept), lambda),
            data,
            enough);
    assertThat(run.finalObjective()).isBetween(optimum * (1 - 1e-11), enough);
  }

  @ParameterizedTest
  @CsvSource({
    "a9a,logistic,true,.32441304411196165",
    "a9a,logistic,false,.324506924713757",
    "mushrooms,logistic,true,.012641420090509111",
    "mushrooms,logistic,false,.012653620497609165",
    "phishing,logistic,true,.18985768037075867",
    "phishing,logistic,false,.18985771173238042",
    "covtype20k,logistic,true,.3439005807822797",
    "covtype20k,logistic,false,.3444503558348994",
    "abalone,linear,true,2.4365594617387063",
    "abalone,linear,false,2.6137838539233744",
  })
  void needsNoMorePassesThanMllibForTheSameObjective(
      String name, String problem, boolean intercept, double optimum) {
    Loss loss = Losses.byName(problem).orElseThrow();
    TrainingData data = load(name, loss.labelKind());
    double enough = optimum * (1 + 1e-9);
    int passes =
        passesTo(
            enough,
            new Objective(new LinearModel(loss, data.numFeatures(), intercept), 1e-4),
            data,
            optimum);

    // MLlib does not tell its passes: one at the start and at least one an iteration. If it is not
    // there after passes - 2 iterations, it needs no fewer.
    double[] history = mllibHistory(name, data, loss, intercept, passes - 2);
    assertThat(history).hasSize(passes - 1);
    assertThat(history[passes - 2]).as("%d passes", passes).isGreaterThan(enough);
  }

  @ParameterizedTest
  @CsvSource({
    "1e-4,true,.08734574298837997",
    "1e-4,false,.08963573116540335",
    "5.564830272676684e-4,true,.19952640385863207",
    "5.564830272676684e-4,false,.2022856202386569",
  })
  void softmaxOnDigitsReachesTheCertifiedOptimumInNoMorePassesThanMllib(
      double lambda, boolean intercept, double optimum) {
    TrainingData data = load("digits", LabelKind.CLASS);
    double enough = optimum * (1 + 1e-9);
    int passes =
        passesTo(
            enough,
            new Objective(new Softmax(DIGITS, data.numFeatures(), intercept), lambda),
            data,
            optimum);
    double[] history =
        multinomial(lambda, intercept, passes - 2)
            .fit(rows("digits", data))
            .summary()
            .objectiveHistory();
    assertThat(history).hasSize(passes - 1);
    assertThat(history[passes - 2]).as("%d passes", passes).isGreaterThan(enough);
  }

  private static LogisticRegression multinomial(double lambda, boolean intercept, int iterations) {
    return new LogisticRegression()
        .setFamily("multinomial")
        .setRegParam(lambda)
        .setStandardization(false)
        .setFitIntercept(intercept)
        .setMaxIter(iterations)
        .setTol(1e-14);
  }

  private static Dataset<Row> rows(String name, TrainingData data) {
    return SparkSessions.local2()
        .read()
        .format("libsvm")
        .option("numFeatures", data.numFeatures())
        .load(file(name));
  }

  /** F after every iteration, the start first. */
  private static double[] mllibHistory(
      String name, TrainingData data, Loss loss, boolean intercept, int iterations) {
    Dataset<Row> rows = rows(name, data);
    if (loss.labelKind() == LabelKind.BINARY) {
      return new LogisticRegression()
          .setRegParam(1e-4)
          .setStandardization(false)
          .setFitIntercept(intercept)
          .setMaxIter(iterations)
          .setTol(1e-14)
          .fit(rows.selectExpr("cast(label > 0 as double) as label", "features"))
          .summary()
          .objectiveHistory();
    }
    // It divides labels, F and penalty by the labels' variance or deviation.
    double deviation = rows.agg(functions.stddev("label")).first().getDouble(0);
    double[] history =
        new LinearRegression()
            .setRegParam(1e-4 * deviation)
            .setStandardization(false)
            .setFitIntercept(intercept)
            .setSolver("l-bfgs")
            .setMaxIter(iterations)
            .setTol(1e-14)
            .fit(rows)
            .summary()
            .objectiveHistory();
    for (int i = 0; i < history.length; i++) {
      history[i] *= deviation * deviation;
    }
    return history;
  }

  @ParameterizedTest
  @CsvSource({
    "a9a,logistic,false,.8499477919046742",
    "a9a,logistic,true,.8498249493274369",
    "a9a,squared-hinge,false,.8494564215957251",
    "a9a,smooth-hinge,false,.8497635280388183",
    "phishing,logistic,false,.9335142469470827",
    "phishing,squared-hinge,false,.9402985074626866",
    "covtype20k,logistic,true,.85525",
    "covtype20k,smooth-hinge,false,.85475",
    "mushrooms,logistic,false,1",
    "abalone,linear,false,2.263669719291352",
    "abalone,linear,true,2.2005518625094913",
    "digits,softmax,false,.9610027855153204",
    "digits,softmax,true,.9665738161559888",
  })
  void itsTestMetricIsThatOfTheCertifiedOptimum(
      String name, String problem, boolean intercept, double expected) throws IOException {
    Model model = model(problem, NUM_FEATURES.get(name), intercept);
    ExampleBlock all = read(name, "train", model.labelKind());
    List<ExampleBlock> train = new ArrayList<>();
    List<ExampleBlock> test = new ArrayList<>();
    if (name.equals("a9a")) {
      for (int rest = 0; rest < WORKERS; rest++) {
        train.add(everyNth(all, WORKERS, rest));
      }
      test.add(read(name, "test", model.labelKind()));
    } else {
      // The hold-out of the certified figures: every fifth row.
      for (int rest = 0; rest < 5; rest++) {
        (rest == 4 ? test : train).add(everyNth(all, 5, rest));
      }
    }
    TrainingData data =
        DataLoader.fromBlocks(SparkSessions.local2Context(), train)
            .withTest(SparkSessions.local2Context().parallelize(test, 1));
    TrainingRun run = inTheTasks(new Objective(model, 1e-4), data, null);
    Double metric = run.trace().get(run.trace().size() - 1).testMetric();
    assertThat(metric)
        .isCloseTo(expected, within(model.labelKind() == LabelKind.REAL ? 1e-6 : 1e-12));
    data.blocks().unpersist();
  }

  private static Model model(String problem, int numFeatures, boolean intercept) {
    return problem.equals("softmax")
        ? new Softmax(DIGITS, numFeatures, intercept)
        : new LinearModel(Losses.byName(problem).orElseThrow(), numFeatures, intercept);
  }

  private static ExampleBlock everyNth(ExampleBlock all, int n, int rest) {
    BlockBuilder rows = new BlockBuilder(all.numFeatures());
    for (int r = rest; r < all.numRows(); r += n) {
      rows.addRowOf(all, r);
    }
    return rows.build();
  }

  private static ExampleBlock read(String name, String split, LabelKind labels) throws IOException {
    Path file = DatasetMirror.assumePresent(name + "/" + name + "." + split + ".libsvm.gz");
    int features = NUM_FEATURES.get(name);
    BlockBuilder rows = new BlockBuilder(features);
    try (Reader in =
        new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8)) {
      new LibsvmParser(LabelRule.of(labels), features).read(name, in, rows);
    }
    return rows.build();
  }

  @ParameterizedTest
  @CsvSource({
    "a9a,logistic,1e-3,1,true",
    "phishing,squared-hinge,1e-3,1,true",
    "phishing,logistic,1e-3,.5,false",
    "abalone,linear,.5,.5,true",
    "mushrooms,logistic,1e-4,1,true",
  })
  void owlQnMeetsTheOptimalityConditionsOfElasticNets(
      String name, String problem, double lambda, double share, boolean intercept) {
    Loss loss = Losses.byName(problem).orElseThrow();
    TrainingData data = load(name, loss.labelKind());
    assertOptimal(data, loss, Regularizer.elasticNet(lambda, share), intercept);
  }

  @ParameterizedTest
  @CsvSource({
    "logistic,false",
    "logistic,true",
    "linear,true",
    "smooth-hinge,true",
    "huber,true",
    "poisson,true"
  })
  void owlQnMeetsTheOptimalityConditionsOnGeneratedDataWithoutAMirror(
      String problem, boolean intercept) {
    Loss loss = Losses.byName(problem).orElseThrow();
    List<ExampleBlock> blocks = GeneratedData.logistic(WORKERS, 300, 12, SEED);
    TrainingData data =
        DataLoader.fromBlocks(
            SparkSessions.local2Context(),
            loss.labelKind() == LabelKind.COUNT
                ? blocks.stream().map(LbfgsIT::countingLabels).toList()
                : blocks);
    assertOptimal(data, loss, new Regularizer(1e-3, 0.1), intercept);
    data.blocks().unpersist();
  }

  private static void assertOptimal(
      TrainingData data, Loss loss, Regularizer regularizer, boolean intercept) {
    Objective objective =
        new Objective(new LinearModel(loss, data.numFeatures(), intercept), regularizer);
    double[] weights = inTheTasks(objective, data, null).collectedWeights();
    double[] gradient = new double[weights.length];
    for (ExampleBlock block : data.blocks().collect()) {
      objective.model().addLossGradient(block, weights, 1.0 / data.numRows(), gradient);
    }
    objective.addSmoothPenaltyGradient(weights, gradient);
    double[] l1 = new double[weights.length];
    Arrays.fill(l1, 0, data.numFeatures(), regularizer.l1());
    assertThat(OwlQn.violation(l1, weights, gradient)).isLessThanOrEqualTo(1e-6);
    assertThat(Arrays.stream(weights).filter(w -> w == 0).count()).isPositive();
  }

  private static ExampleBlock countingLabels(ExampleBlock block) {
    BlockBuilder counts = new BlockBuilder(block.numFeatures());
    double[] row = new double[block.numFeatures()];
    for (int r = 0; r < block.numRows(); r++) {
      for (int j = 0; j < row.length; j++) {
        row[j] = block.valueAt(r, j);
      }
      counts.addDense(block.label(r) > 0 ? r % 4 : 0, row);
    }
    return counts.build();
  }

  @Test
  void reachesNewtonsOptimumOnGeneratedDataWithoutAMirror() {
    List<ExampleBlock> blocks = GeneratedData.logistic(WORKERS, 300, 12, SEED);
    ReferenceOptimum best = ReferenceOptimum.minimise(new LogisticLoss(), 1e-3, true, blocks);
    TrainingData data = DataLoader.fromBlocks(SparkSessions.local2Context(), blocks);
    TrainingRun run = train(data, new LogisticLoss(), 1e-3, true, 200, 0, null);

    assertThat(run.finalObjective()).isCloseTo(best.objective(), within(1e-12));
    assertThat(run.collectedWeights()).containsExactly(best.weights(), within(1e-5));
    assertThat(run.trace().get(0).objective()).isCloseTo(Math.log(2), within(1e-12));
    assertThat(run.trace())
        .extracting(TracePoint::objective)
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    data.blocks().unpersist();
  }

  @Test
  void aTargetAndTheNumberOfPassesEndARun() {
    List<ExampleBlock> blocks = GeneratedData.logistic(WORKERS, 300, 12, SEED);
    TrainingData data = DataLoader.fromBlocks(SparkSessions.local2Context(), blocks);
    TrainingRun few = train(data, new LogisticLoss(), 1e-3, true, 4, 0, null);
    assertThat(few.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(few.batches()).isBetween(4L * WORKERS, 6L * WORKERS);
    // Statistics are merged in the order in which they come: runs agree to rounding.
    double target = few.finalObjective() + 1e-12;
    TrainingRun reached = train(data, new LogisticLoss(), 1e-3, true, 100, 0, target);
    assertThat(reached.stopReason()).isEqualTo(StopReason.TARGET_REACHED);
    assertThat(reached.finalObjective()).isLessThanOrEqualTo(target);
    assertThat(reached.updates()).isLessThanOrEqualTo(few.updates());
    data.blocks().unpersist();
  }

  private static int passesTo(
      double enough, Objective objective, TrainingData data, double optimum) {
    TrainingRun run = inTheTasks(objective, data, enough);
    assertThat(run.finalObjective()).isBetween(optimum * (1 - 1e-11), enough);
    assertThat(run.batches() % WORKERS).isZero();
    return (int) (run.batches() / WORKERS);
  }

  private static TrainingRun train(
      TrainingData data,
      Loss loss,
      double lambda,
      boolean intercept,
      int passes,
      double tolerance,
      @Nullable Double target) {
    return train(
        new Objective(new LinearModel(loss, data.numFeatures(), intercept), lambda),
        data,
        passes,
        tolerance,
        target);
  }

  private static TrainingRun train(
      Objective objective,
      TrainingData data,
      int passes,
      double tolerance,
      @Nullable Double target) {
    return new SyncTrainer()
        .train(objective, data, settings(passes, tolerance, target, 500), ProgressListener.SILENT);
  }

  /** The whole minimisation in one Spark job, evaluated at its start and end. */
  private static TrainingRun inTheTasks(
      Objective objective, TrainingData data, @Nullable Double target) {
    return new SyncTrainer()
        .train(
            objective,
            data,
            settings(1000, 0, target, 4).with(Aggregation.ALL_REDUCE),
            ProgressListener.SILENT);
  }

  private static SyncSettings settings(
      int passes, double tolerance, @Nullable Double target, int snapshots) {
    RunSettings run =
        new RunSettings(
            WORKERS,
            passes,
            0,
            StepSize.constant(1),
            new Sgd(),
            target,
            SEED,
            Stragglers.none(),
            Duration.ofSeconds(60),
            snapshots);
    return new SyncSettings(run, SyncSettings.Algorithm.LBFGS, tolerance);
  }

  private static String file(String name) {
    return DatasetMirror.assumePresent(name + "/" + name + ".train.libsvm.gz").toString();
  }

  private static TrainingData load(String name, LabelKind labels) {
    String file = file(name);
    return LOADED.computeIfAbsent(
        name,
        key ->
            DataLoader.load(
                SparkSessions.local2(),
                DataSource.of(file),
                LoadOptions.of(WORKERS, SEED, labels)));
  }
}
