package dev.triptych.cli;

import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import java.util.List;

/**
 * How much the slow workers cost a mode: mini-batches per second with them against a control run of
 * the same mode without them, beside what theory says.
 *
 * @param batchesPerSecondWithout of the control run
 * @param batchesPerSecondWith of the run as asked
 * @param theory expected ratio of the two if only computing took time: synchronous 1/k for the
 *     slowest worker's factor k, asynchronous and gossip in pairs (Σ_i 1/k_i)/N, gossip in rounds
 *     as synchronous
 */
record SlowWorkerControl(
    double batchesPerSecondWithout, double batchesPerSecondWith, double theory) {

  double ratio() {
    return batchesPerSecondWith / batchesPerSecondWithout;
  }

  static SlowWorkerControl of(
      boolean waitsForSlowest,
      Stragglers stragglers,
      TrainingRun run,
      TrainingRun control,
      double epochs) {
    int numWorkers = run.workers().size();
    double sum = 0;
    double slowest = 1;
    for (int worker = 0; worker < numWorkers; worker++) {
      sum += 1 / stragglers.factor(worker);
      slowest = Math.max(slowest, stragglers.factor(worker));
    }
    double theory = waitsForSlowest ? 1 / slowest : sum / numWorkers;
    return new SlowWorkerControl(rate(control, epochs), rate(run, epochs), theory);
  }

  /**
   * Mini-batches per second until the asked number of epochs was done. What arrives later (an
   * asynchronous run applies every gradient that is still in flight then) is left out, so that
   * short runs are not judged by their last slow gradient.
   */
  private static double rate(TrainingRun run, double epochs) {
    List<TracePoint> trace = run.trace();
    TracePoint last = trace.get(trace.size() - 1);
    TracePoint end = last;
    for (TracePoint point : trace) {
      if (point.epochs() <= epochs && point.seconds() > 0) {
        end = point;
      }
    }
    return run.batches() * (end.epochs() / last.epochs()) / Math.max(1e-9, end.seconds());
  }
}
