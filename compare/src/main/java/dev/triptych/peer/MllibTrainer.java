package dev.triptych.peer;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Trainer;
import dev.triptych.spark.Versions;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.SnapshotEvaluator;
import dev.triptych.spark.worker.WatchedJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.classification.LinearSVC;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/**
 * Trains MLlib's own estimator on the same objective: LogisticRegression, LinearRegression (both
 * L-BFGS) or LinearSVC (OWL-QN), without standardisation, at MLlib's default stop rule. MLlib tells
 * the objective after every iteration but not when, so the seconds of its trace points are spread
 * evenly over the time of the whole fit.
 */
public final class MllibTrainer implements Trainer<RunSettings> {
  private static final int WARM_UP_ITERATIONS = 2;
  private static final int DEFAULT_ITERATIONS = 100;

  /** Longest time in which MLlib finishes not one task. */
  private static final Duration MAX_SILENCE = Duration.ofMinutes(10);

  /** Whether MLlib has an estimator with this objective. */
  public static boolean canTrain(String problem, boolean l1) {
    return List.of("logistic", "linear").contains(problem) || (problem.equals("hinge") && !l1);
  }

  @Override
  public TrainingRun train(
      Objective objective, TrainingData data, RunSettings settings, ProgressListener progress) {
    LinearModel model = (LinearModel) objective.model();
    Dataset<Row> rows =
        MllibRows.of(data, model.labelKind() == LabelKind.BINARY)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      rows.count();
      progress.progressed(0, 1);
      // Two iterations that nobody measures, as the other modes are warmed up.
      fit(objective, model, rows, WARM_UP_ITERATIONS);
      long start = System.nanoTime();
      Fit fit =
          WatchedJob.run(
              JavaSparkContext.fromSparkContext(data.blocks().context()),
              "MLlib fit",
              MAX_SILENCE,
              () -> fit(objective, model, rows, DEFAULT_ITERATIONS));
      double seconds = (System.nanoTime() - start) / 1e9;
      progress.progressed(1, 1);
      return result(objective, data, settings, model, fit, seconds);
    } finally {
      rows.unpersist();
    }
  }

  private record Fit(String algorithm, Vector coefficients, double intercept, double[] history) {}

  private static Fit fit(
      Objective objective, LinearModel model, Dataset<Row> rows, int maxIterations) {
    double l1 = objective.regularizer().l1();
    double l2 = objective.regularizer().l2();
    switch (model.loss().name()) {
      case "logistic":
        LogisticRegressionModel logistic =
            new LogisticRegression()
                .setRegParam(l1 + l2)
                .setElasticNetParam(l1 == 0 ? 0 : l1 / (l1 + l2))
                .setStandardization(false)
                .setMaxIter(maxIterations)
                .setFitIntercept(model.hasIntercept())
                .setWeightCol(MllibRows.WEIGHT)
                .fit(rows);
        return new Fit(
            "LogisticRegression",
            logistic.coefficients(),
            logistic.intercept(),
            logistic.summary().objectiveHistory());
      case "linear":
        // MLlib divides the labels, and with them the L2 penalty, by their standard deviation.
        Row deviation = rows.agg(functions.stddev("label")).first();
        if (deviation.isNullAt(0) || !(deviation.getDouble(0) > 0)) {
          throw new InvalidInputException("--modes mllib: all labels are equal");
        }
        double labelDeviation = deviation.getDouble(0);
        LinearRegressionModel linear =
            new LinearRegression()
                .setRegParam(l1 + l2 * labelDeviation)
                .setElasticNetParam(l1 == 0 ? 0 : l1 / (l1 + l2 * labelDeviation))
                .setStandardization(false)
                .setSolver("l-bfgs")
                .setMaxIter(maxIterations)
                .setFitIntercept(model.hasIntercept())
                .setWeightCol(MllibRows.WEIGHT)
                .fit(rows);
        return new Fit(
            "LinearRegression", linear.coefficients(), linear.intercept(), new double[0]);
      case "hinge":
        LinearSVCModel svc =
            new LinearSVC()
                .setRegParam(l2)
                .setStandardization(false)
                .setMaxIter(maxIterations)
                .setFitIntercept(model.hasIntercept())
                .setWeightCol(MllibRows.WEIGHT)
                .fit(rows);
        return new Fit(
            "LinearSVC", svc.coefficients(), svc.intercept(), svc.summary().objectiveHistory());
      default:
        throw new InvalidInputException(
            "--modes mllib: MLlib has no estimator for the problem " + model.loss().name());
    }
  }

  private static TrainingRun result(
      Objective objective,
      TrainingData data,
      RunSettings settings,
      LinearModel model,
      Fit fit,
      double seconds) {
    double[] weights = new double[model.numParameters()];
    fit.coefficients().foreachActive((index, value) -> put(weights, (int) index, (double) value));
    if (model.hasIntercept()) {
      weights[model.numFeatures()] = fit.intercept();
    }
    int iterations = Math.max(1, fit.history().length - 1);
    List<TracePoint> ends =
        SnapshotEvaluator.trace(
            objective,
            data,
            List.of(
                new Snapshot(0, 0, 0, 0, new double[weights.length], null, null),
                new Snapshot(iterations, seconds, iterations, 0, weights, null, null)));
    List<TracePoint> trace = new ArrayList<>();
    trace.add(ends.get(0));
    for (int i = 1; i < iterations; i++) {
      trace.add(
          new TracePoint(seconds * i / iterations, i, i, fit.history()[i], null, 0, null, null));
    }
    trace.add(ends.get(1));
    Map<String, String> words = new LinkedHashMap<>();
    words.put("estimator", fit.algorithm());
    words.put("standardization", "false");
    words.put("seconds between iterations", "interpolated");
    return new TrainingRun(
        "mllib",
        fit.algorithm(),
        words,
        settings.seed(),
        Versions.here(data.blocks().context()),
        StopReason.COMPLETED,
        null,
        weights,
        trace,
        seconds,
        iterations,
        0,
        0,
        0,
        null,
        null,
        List.of());
  }

  private static scala.runtime.BoxedUnit put(double[] weights, int index, double value) {
    weights[index] = value;
    return scala.runtime.BoxedUnit.UNIT;
  }
}
