package dev.triptych.report;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.StalenessHistogram;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.report.RunsFile.Data;
import dev.triptych.report.RunsFile.Environment;
import dev.triptych.report.RunsFile.Problem;
import dev.triptych.report.RunsFile.Run;
import dev.triptych.report.RunsFile.SlowWorker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Really trained runs, small and serial, on a virtual clock: what the three modes do, without
 * Spark. One of the workers is three times slower. Deterministic.
 */
final class TrainedRuns {
  static final int WORKERS = 6;

  private static final int FEATURES = 30;
  private static final int ROWS = 300;
  private static final int BATCH = 20;
  private static final int EPOCHS = 25;
  private static final long SEED = 7;
  private static final double SECONDS_PER_BATCH = 0.005;
  private static final double SECONDS_PER_MESSAGE = 0.001;

  private final Objective objective =
      new Objective(new LinearModel(new LogisticLoss(), FEATURES, false), 1e-2);
  private final List<ExampleBlock> blocks = new ArrayList<>();
  private final ExampleBlock all;

  private final double slowFactor;

  /** With one of the workers three times slower. */
  TrainedRuns() {
    this(3);
  }

  private TrainedRuns(double slowFactor) {
    this.slowFactor = slowFactor;
    SplittableRandom random = new SplittableRandom(SEED);
    double[] truth = random.doubles(FEATURES, -1.5, 1.5).toArray();
    for (int worker = 0; worker < WORKERS; worker++) {
      BlockBuilder rows = new BlockBuilder(FEATURES);
      for (int row = 0; row < ROWS; row++) {
        double[] x = random.doubles(FEATURES, -1, 1).toArray();
        double score = 0;
        for (int j = 0; j < FEATURES; j++) {
          score += truth[j] * x[j];
        }
        rows.addDense(random.nextDouble() < 1 / (1 + Math.exp(-score)) ? 1 : -1, x);
      }
      blocks.add(rows.build());
    }
    all = ExampleBlock.concat(blocks);
  }

  /** The three modes and a full-batch yardstick, with the optimum known. */
  RunsFile file() {
    double optimum = optimum();
    TrainedRuns control = new TrainedRuns(1);
    TrainingRun sync = sync(0.5);
    TrainingRun async = async(0.15);
    TrainingRun gossip = gossip(0.5);
    double asyncTheory = (WORKERS - 1 + 1 / slowFactor) / WORKERS;
    List<Run> runs =
        List.of(
            Runs.of(
                sync, null, accuracy(sync), slowWorker(sync, control.sync(0.5), 1 / slowFactor)),
            Runs.of(
                async, null, accuracy(async), slowWorker(async, control.async(0.15), asyncTheory)),
            Runs.of(
                gossip,
                null,
                accuracy(gossip),
                slowWorker(gossip, control.gossip(0.5), 1 / slowFactor)),
            Runs.of(fullBatch(), null, Map.of(), null));
    return file(null, optimum, runs);
  }

  RunsFile file(@Nullable Double target, @Nullable Double optimum, List<Run> runs) {
    return new RunsFile(
        "bin/triptych compare --data generated --lambda 0.01 --workers 6 --modes sync,async,gossip,mllib \\\n"
            + "  --compute-delay 5ms --slow-worker 3:3x --out triptych-out",
        new Environment("local[2]", 2),
        new Problem("logistic", objective.lambda(), false, target, optimum),
        new Data(
            "generated </script><b>clicks</b>",
            all.numRows(),
            FEATURES,
            all.numStored(),
            null,
            Map.of("partition", "iid")),
        runs);
  }

  /** Every worker's gradient, averaged; the step takes as long as the slowest worker. */
  TrainingRun sync(double stepSize) {
    double[] weights = new double[FEATURES];
    Trace trace = new Trace();
    List<BatchSampler> samplers = samplers();
    double[] gradient = new double[FEATURES];
    int steps = EPOCHS * ROWS / BATCH;
    double seconds = 0;
    for (int step = 0; step <= steps; step++) {
      trace.keep(
          step,
          seconds,
          (double) step * WORKERS * BATCH,
          step * 2L * WORKERS * FEATURES * 8,
          weights,
          null,
          null);
      double[] mean = new double[FEATURES];
      for (int worker = 0; worker < WORKERS; worker++) {
        gradient(samplers.get(worker), worker, step, weights, gradient);
        axpy(1.0 / WORKERS, gradient, mean);
      }
      axpy(-stepSize, mean, weights);
      seconds += slowFactor * SECONDS_PER_BATCH + SECONDS_PER_MESSAGE;
    }
    List<WorkerActivity> workers = activity(steps, seconds);
    return run("sync", "sgd", stepSize, trace, weights, null, null, workers);
  }

  /**
   * Events by time: a worker's gradient is applied when it arrives, then the worker pulls again.
   */
  TrainingRun async(double stepSize) {
    double[] weights = new double[FEATURES];
    Trace trace = new Trace();
    List<BatchSampler> samplers = samplers();
    StalenessHistogram staleness = new StalenessHistogram();
    double[] gradient = new double[FEATURES];
    double[][] pulled = new double[WORKERS][FEATURES];
    long[] pulledAt = new long[WORKERS];
    long[] steps = new long[WORKERS];
    SplittableRandom jitter = new SplittableRandom(SEED);
    record Arrival(double seconds, int worker) {}
    PriorityQueue<Arrival> queue =
        new PriorityQueue<>(Comparator.comparingDouble(Arrival::seconds));
    for (int worker = 0; worker < WORKERS; worker++) {
      queue.add(
          new Arrival(
              SECONDS_PER_BATCH * factor(worker) * (0.8 + 0.4 * jitter.nextDouble()), worker));
    }
    long updates = (long) EPOCHS * ROWS / BATCH * WORKERS;
    double now = 0;
    for (long update = 0; update <= updates; update++) {
      if (update % WORKERS == 0) {
        trace.keep(
            update,
            now,
            (double) update * BATCH,
            update * 2 * FEATURES * 8,
            weights,
            null,
            (int) staleness.max());
      }
      Arrival arrival = queue.remove();
      int worker = arrival.worker();
      now = arrival.seconds();
      gradient(samplers.get(worker), worker, steps[worker]++, pulled[worker], gradient);
      axpy(-stepSize, gradient, weights);
      staleness.add(update - pulledAt[worker]);
      pulledAt[worker] = update + 1;
      pulled[worker] = weights.clone();
      double takes = SECONDS_PER_BATCH * factor(worker) * (0.8 + 0.4 * jitter.nextDouble());
      queue.add(new Arrival(now + SECONDS_PER_MESSAGE + takes, worker));
    }
    List<WorkerActivity> workers = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      double compute = steps[worker] * SECONDS_PER_BATCH * factor(worker);
      workers.add(
          new WorkerActivity(worker, steps[worker], compute, steps[worker] * SECONDS_PER_MESSAGE));
    }
    return run("async", "asp", stepSize, trace, weights, staleness, null, workers);
  }

  /** Average with both ring neighbours, then step with the own gradient. */
  TrainingRun gossip(double stepSize) {
    double[][] nodes = new double[WORKERS][FEATURES];
    Trace trace = new Trace();
    List<BatchSampler> samplers = samplers();
    double[] gradient = new double[FEATURES];
    double[] mean = new double[FEATURES];
    int rounds = EPOCHS * ROWS / BATCH;
    double seconds = 0;
    double distance = 0;
    for (int round = 0; round <= rounds; round++) {
      mean = new double[FEATURES];
      for (double[] node : nodes) {
        axpy(1.0 / WORKERS, node, mean);
      }
      distance = 0;
      for (double[] node : nodes) {
        for (int j = 0; j < FEATURES; j++) {
          distance += (node[j] - mean[j]) * (node[j] - mean[j]) / WORKERS;
        }
      }
      distance = Math.sqrt(distance);
      trace.keep(
          round,
          seconds,
          (double) round * WORKERS * BATCH,
          round * 2L * WORKERS * FEATURES * 8,
          mean,
          distance,
          null);
      double[][] next = new double[WORKERS][FEATURES];
      for (int node = 0; node < WORKERS; node++) {
        for (int offset = -1; offset <= 1; offset++) {
          axpy(1.0 / 3, nodes[(node + offset + WORKERS) % WORKERS], next[node]);
        }
        gradient(samplers.get(node), node, round, nodes[node], gradient);
        axpy(-stepSize, gradient, next[node]);
      }
      nodes = next;
      seconds += 0.9 * slowFactor * SECONDS_PER_BATCH + SECONDS_PER_MESSAGE;
    }
    return run("gossip", "dpsgd", stepSize, trace, mean, null, distance, activity(rounds, seconds));
  }

  /** Gradient descent over all data; stands for a peer without workers, bytes or staleness. */
  TrainingRun fullBatch() {
    double[] weights = new double[FEATURES];
    Trace trace = new Trace();
    for (int step = 0; step <= 40; step++) {
      trace.keep(step, step * 0.06, (double) step * all.numRows(), 0, weights, null, null);
      axpy(-2, fullGradient(weights), weights);
    }
    return run("mllib", "LogisticRegression", 2, trace, weights, null, null, List.of());
  }

  /** What diverges: each update makes the weights fifty times larger. */
  TrainingRun diverging() {
    double[] weights = new double[FEATURES];
    weights[0] = 0.1;
    Trace trace = new Trace();
    for (int step = 0; step <= 240; step++) {
      trace.keep(
          step, step * 0.01, (double) step * WORKERS * BATCH, step * 960L, weights, null, null);
      for (int j = 0; j < FEATURES; j++) {
        weights[j] *= 50;
      }
    }
    TrainingRun run = run("async", "asp", 50, trace, weights, null, null, List.of());
    return new TrainingRun(
        run.mode(),
        run.algorithm(),
        run.settings(),
        run.seed(),
        run.versions(),
        StopReason.DIVERGED,
        183L,
        run.weights(),
        run.trace(),
        run.trainSeconds(),
        run.updates(),
        run.batches(),
        run.bytesSent(),
        run.bytesReceived(),
        null,
        null,
        List.of());
  }

  /** F* by many full gradient steps. */
  double optimum() {
    double[] weights = new double[FEATURES];
    for (int step = 0; step < 3000; step++) {
      axpy(-2, fullGradient(weights), weights);
    }
    return objective.value(objective.model().lossSum(all, weights), all.numRows(), weights);
  }

  private static SlowWorker slowWorker(TrainingRun with, TrainingRun without, double theory) {
    double rateWith = with.batches() / with.trainSeconds();
    double rateWithout = without.batches() / without.trainSeconds();
    return new SlowWorker(rateWithout, rateWith, rateWith / rateWithout, theory);
  }

  private Map<String, Double> accuracy(TrainingRun run) {
    int right = 0;
    for (int row = 0; row < all.numRows(); row++) {
      right += objective.model().score(all, row, run.weights()) * all.label(row) > 0 ? 1 : 0;
    }
    return Map.of("accuracy", (double) right / all.numRows());
  }

  private final class Trace {
    private final List<TracePoint> points = new ArrayList<>();

    void keep(
        long updates,
        double seconds,
        double examples,
        long bytes,
        double[] weights,
        @Nullable Double distance,
        @Nullable Integer maxStaleness) {
      double value =
          objective.value(objective.model().lossSum(all, weights), all.numRows(), weights);
      points.add(
          new TracePoint(
              seconds,
              examples / all.numRows(),
              updates,
              value,
              null,
              bytes,
              distance,
              maxStaleness));
    }
  }

  private TrainingRun run(
      String mode,
      String algorithm,
      double stepSize,
      Trace trace,
      double[] weights,
      @Nullable StalenessHistogram staleness,
      @Nullable Double distance,
      List<WorkerActivity> workers) {
    TracePoint last = trace.points.get(trace.points.size() - 1);
    Map<String, String> settings = new LinkedHashMap<>();
    if (workers.isEmpty()) {
      settings.put("estimator", algorithm);
    } else {
      settings.put("workers", String.valueOf(WORKERS));
      settings.put("epochs", String.valueOf(EPOCHS));
      settings.put("batch", String.valueOf(BATCH));
      settings.put("step-size", String.valueOf(stepSize));
      settings.put("schedule", "constant");
      settings.put("optimizer", "sgd");
      settings.put("seed", String.valueOf(SEED));
      settings.put("stragglers", "5ms per mini-batch, worker 3 3.0x");
    }
    if (mode.equals("gossip")) {
      settings.put("topology", "ring");
      settings.put("mixing", "metropolis");
    }
    return new TrainingRun(
        mode,
        algorithm,
        settings,
        SEED,
        Map.of("triptych", "0.1.0", "java", System.getProperty("java.version")),
        StopReason.COMPLETED,
        null,
        weights,
        trace.points,
        last.seconds(),
        last.updates(),
        workers.stream().mapToLong(WorkerActivity::batches).sum(),
        last.bytes(),
        last.bytes(),
        staleness,
        distance,
        workers);
  }

  private List<WorkerActivity> activity(long steps, double seconds) {
    List<WorkerActivity> workers = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      double compute = Math.min(seconds, steps * SECONDS_PER_BATCH * factor(worker));
      workers.add(new WorkerActivity(worker, steps, compute, seconds - compute));
    }
    return workers;
  }

  private double factor(int worker) {
    return worker == 3 ? slowFactor : 1;
  }

  private List<BatchSampler> samplers() {
    List<BatchSampler> samplers = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      samplers.add(new BatchSampler(ROWS, BATCH, SEED, worker));
    }
    return samplers;
  }

  private void gradient(
      BatchSampler sampler, int worker, long step, double[] weights, double[] gradient) {
    int from = sampler.seek(step);
    objective.batchGradient(
        blocks.get(worker), sampler.rows(), from, from + sampler.batchSize(), weights, gradient);
  }

  private double[] fullGradient(double[] weights) {
    double[] gradient = new double[FEATURES];
    BatchSampler everything = new BatchSampler(all.numRows(), 0, SEED, 0);
    objective.batchGradient(all, everything.rows(), 0, all.numRows(), weights, gradient);
    return gradient;
  }

  private static void axpy(double scale, double[] x, double[] y) {
    for (int j = 0; j < y.length; j++) {
      y[j] += scale * x[j];
    }
  }
}
