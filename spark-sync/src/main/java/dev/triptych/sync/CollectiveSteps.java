package dev.triptych.sync;

import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.training.DivergenceRule;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.spark.control.RunControlClient;
import dev.triptych.spark.exchange.RingAllReduce;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.worker.HostClock;
import dev.triptych.spark.worker.Worker;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All steps of one task. Every task has the same weights after every step, bit for bit, so all come
 * to the same decisions without asking. They evaluate F at trace points themselves, with the clock
 * stopped. One thread.
 */
final class CollectiveSteps implements AutoCloseable {
  private static final long REPORT_NANOS = 200_000_000;

  private final CollectivePlan plan;
  private final MiniBatches batches;
  private final Objective objective;
  private final RunSettings run;
  private final List<Worker> workers;
  private final RingAllReduce ring;
  private final int task;
  private final RunControlClient control;
  private final CollectiveEnd end;
  private final @Nullable BackupWorkers backups;
  private final boolean sliced;
  private final OwnedSlices slices;
  private final OptimizerState state;
  private final CollectiveSpans spans;
  private double[] weights;
  private double[] gradient;
  private long steps;
  private long clockNanos;
  private long lastReport;

  CollectiveSteps(
      CollectivePlan plan,
      List<Worker> workers,
      RingAllReduce ring,
      int task,
      RunControlClient control,
      CollectiveEnd end) {
    this.plan = plan;
    this.batches = plan.batches();
    this.objective = batches.objective();
    this.run = batches.run();
    this.workers = workers;
    this.ring = ring;
    this.task = task;
    this.control = control;
    this.end = end;
    Address desk = plan.desk();
    this.backups =
        desk == null
            ? null
            : new BackupWorkers(
                batches,
                workers,
                plan.control().runId(),
                ring.endpoint(),
                desk,
                plan.maxStepWait(),
                end);
    int numParameters = objective.model().numParameters();
    this.weights = plan.start().toArray(numParameters);
    this.gradient = new double[numParameters];
    this.spans = new CollectiveSpans(workers);
    this.sliced = plan.aggregation() == Aggregation.REDUCE_SCATTER;
    this.slices = new OwnedSlices(objective, run.optimizer(), weights);
    this.state = run.optimizer().newState(sliced ? 0 : numParameters);
  }

  void run() throws Exception {
    Double target = run.target();
    evaluate();
    while (steps < plan.totalSteps() && end.reason == StopReason.COMPLETED) {
      long start = System.nanoTime();
      spans.resume(HostClock.nanos(), clockNanos);
      boolean finite = sliced ? slicedStep() : replicatedStep();
      clockNanos += System.nanoTime() - start;
      steps++;
      report();
      if (!finite) {
        end.reason = StopReason.DIVERGED;
      } else if (steps % plan.snapshotInterval() == 0 || steps == plan.totalSteps()) {
        double value = evaluate();
        if (target != null && value <= target) {
          end.reason = StopReason.TARGET_REACHED;
        }
      }
    }
    end.steps = steps;
    end.clockSeconds = clockNanos / 1e9;
    if (backups == null) {
      spans.end(clockNanos, end.recorders);
    }
    if (task == 0 && plan.weightsWanted()) {
      end.weights = weights;
    }
  }

  /** Every task takes the same step; false if a number is not finite. */
  private boolean replicatedStep() throws Exception {
    sumGradients();
    ring.sum(task, gradient);
    spans.exchanged(HostClock.nanos());
    if (!DivergenceRule.isFinite(gradient)) {
      return false;
    }
    objective.addPenaltyGradient(weights, 1, gradient);
    run.optimizer().apply(weights, gradient, stepSize(), state);
    return DivergenceRule.isFinite(weights);
  }

  /** Every task updates its slice; the sum of the gradients becomes the new weights. */
  private boolean slicedStep() throws Exception {
    sumGradients();
    ring.sum(task, gradient, slices.next(gradient, stepSize(), steps + 1));
    spans.exchanged(HostClock.nanos());
    double[] former = weights;
    weights = gradient;
    gradient = former;
    return DivergenceRule.isFinite(weights);
  }

  private void sumGradients() throws Exception {
    Arrays.fill(gradient, 0);
    if (backups != null) {
      backups.addGradients(steps, weights, gradient);
      return;
    }
    WorkerTimes times = new WorkerTimes(end.busySeconds.length);
    batches.addGradients(workers, steps, weights, gradient, times);
    StepGradient.addTo(end.busySeconds, times.busySeconds);
    spans.add(times, HostClock.nanos());
    for (Worker worker : workers) {
      end.begun[worker.index()]++;
      end.used[worker.index()]++;
    }
  }

  @Override
  public void close() throws InterruptedException {
    if (backups != null) {
      backups.close();
    }
  }

  private double stepSize() {
    return run.stepSize().at(steps * plan.epochsPerStep());
  }

  /** F(w), the same bits in every task; afterwards all go on together. */
  private double evaluate() throws InterruptedException {
    double[] lossSum = {0};
    for (Worker worker : workers) {
      lossSum[0] += objective.model().lossSum(worker.block(), weights);
    }
    ring.sum(task, lossSum);
    double value = objective.value(lossSum[0], plan.numRows(), weights);
    end.addPoint(clockNanos / 1e9, steps, steps * plan.epochsPerStep(), value);
    return value;
  }

  private void report() {
    long now = System.nanoTime();
    if (now - lastReport > REPORT_NANOS) {
      lastReport = now;
      control.report(task, steps);
    }
  }
}
