package dev.triptych.sync;

import dev.triptych.core.minimizer.Minimum;
import dev.triptych.core.minimizer.StopRule;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.StopReason;
import dev.triptych.spark.control.RunControlClient;
import dev.triptych.spark.exchange.RingAllReduce;
import dev.triptych.spark.worker.Pacer;
import dev.triptych.spark.worker.Worker;
import java.util.Arrays;
import java.util.List;

/**
 * A whole minimisation inside the tasks: each computes F and its gradient over its own examples,
 * the sums are added up among all, and every task makes the same decisions of the same bits, with
 * the minimizer's vectors in each. One thread.
 */
final class CollectiveMinimiser {
  private static final long REPORT_NANOS = 200_000_000;

  private final CollectivePlan plan;
  private final Minimisation minimisation;
  private final Objective objective;
  private final List<Worker> workers;
  private final RingAllReduce ring;
  private final int task;
  private final RunControlClient control;
  private final CollectiveEnd end;
  // the gradient, then the sum of losses
  private final double[] sums;
  private long passes;
  private long lastReport;
  private boolean targetReached;

  CollectiveMinimiser(
      CollectivePlan plan,
      Minimisation minimisation,
      List<Worker> workers,
      RingAllReduce ring,
      int task,
      RunControlClient control,
      CollectiveEnd end) {
    this.plan = plan;
    this.minimisation = minimisation;
    this.objective = minimisation.objective();
    this.workers = workers;
    this.ring = ring;
    this.task = task;
    this.control = control;
    this.end = end;
    this.sums = new double[objective.model().numParameters() + 1];
  }

  void run() throws InterruptedException {
    long begin = System.nanoTime();
    double[] start = minimisation.pointOf(plan.start().toArray(objective.model().numParameters()));
    Double target = plan.batches().run().target();
    Minimum minimum;
    try {
      minimum =
          minimisation.minimise(
              this::evaluate,
              start,
              new StopRule(plan.maxIterations(), plan.tolerance()),
              (iteration, point, value) -> {
                end.addPoint((System.nanoTime() - begin) / 1e9, iteration, passes, value);
                targetReached = target != null && value <= target;
                return !targetReached && passes < plan.totalSteps();
              });
    } catch (Interruption e) {
      throw e.interrupted;
    }
    end.clockSeconds = (System.nanoTime() - begin) / 1e9;
    end.steps = minimum.iterations();
    end.reason =
        minimum.ending() == Minimum.Ending.NOT_FINITE
            ? StopReason.DIVERGED
            : targetReached ? StopReason.TARGET_REACHED : StopReason.COMPLETED;
    if (end.numPoints() == 0) {
      end.addPoint(end.clockSeconds, 0, passes, minimum.value());
    }
    if (task == 0 && plan.weightsWanted()) {
      end.weights = minimisation.weightsAt(minimum.weights());
    }
  }

  /** The smooth part of F. */
  private double evaluate(double[] weights, double[] gradient) {
    Arrays.fill(sums, 0);
    int length = gradient.length;
    for (Worker worker : workers) {
      try {
        addPass(worker, weights);
      } catch (InterruptedException e) {
        throw new Interruption(e);
      }
    }
    try {
      ring.sum(task, sums);
    } catch (InterruptedException e) {
      throw new Interruption(e);
    }
    passes++;
    report();
    System.arraycopy(sums, 0, gradient, 0, length);
    objective.addSmoothPenaltyGradient(weights, gradient);
    return sums[length] / plan.numRows() + objective.smoothPenalty(weights);
  }

  private void report() {
    long now = System.nanoTime();
    if (now - lastReport > REPORT_NANOS) {
      lastReport = now;
      control.report(task, passes);
    }
  }

  private void addPass(Worker worker, double[] weights) throws InterruptedException {
    Pacer pacer = new Pacer(plan.batches().run().stragglers(), worker.index());
    long start = System.nanoTime();
    sums[sums.length - 1] +=
        objective.model().addLossGradient(worker.block(), weights, 1.0 / plan.numRows(), sums);
    pacer.finish(passes, start);
    end.busySeconds[worker.index()] += pacer.busySeconds();
    end.begun[worker.index()]++;
    end.used[worker.index()]++;
  }

  /** Through the minimizer, which knows no threads. */
  private static final class Interruption extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final InterruptedException interrupted;

    Interruption(InterruptedException interrupted) {
      super(interrupted);
      this.interrupted = interrupted;
    }
  }
}
