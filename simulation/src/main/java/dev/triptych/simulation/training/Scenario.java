package dev.triptych.simulation.training;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.StepSize;
import java.util.List;

/**
 * A run to be simulated.
 *
 * @param blocks the examples of each worker
 * @param batchSize of every worker
 * @param clocks steps of every worker, on average
 * @param seed of the mini-batches
 */
public record Scenario(
    Objective objective,
    List<ExampleBlock> blocks,
    int numShards,
    Optimizer optimizer,
    StepSize stepSize,
    Consistency consistency,
    int batchSize,
    int clocks,
    long seed) {
  public Scenario {
    blocks = List.copyOf(blocks);
  }

  /** N. */
  public int numWorkers() {
    return blocks.size();
  }
}
