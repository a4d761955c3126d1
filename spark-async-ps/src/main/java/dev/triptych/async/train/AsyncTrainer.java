package dev.triptych.async.train;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Ftrl;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Trainer;
import dev.triptych.spark.data.TrainingData;

/**
 * Asynchronous training through a parameter server (Li et al., Scaling Distributed Machine Learning
 * with the Parameter Server, OSDI 2014): every worker pulls weights, computes the gradient of its
 * mini-batch and pushes it, at its own pace; the {@link dev.triptych.async.consistency.Consistency}
 * says how far it may run ahead of the slowest. With bsp and ssp(0) equal to synchronous SGD.
 *
 * <p>With {@link Transport#MEMORY} or {@link Transport#LOCKED} the workers of one process share the
 * weights instead, without servers and messages.
 *
 * <p>Survives the loss of worker tasks and of connections: a retried task continues where the
 * servers say, and no gradient is applied twice.
 */
public final class AsyncTrainer implements Trainer<AsyncSettings> {

  /**
   * @throws InvalidInputException if settings and data do not fit together, or the executors run
   *     without the plugin
   * @throws IllegalStateException if a task fails for good or nothing moves for longer than {@code
   *     maxWait}; says whom it waited for
   */
  @Override
  public TrainingRun train(
      Objective objective, TrainingData data, AsyncSettings settings, ProgressListener progress) {
    return settings.transport() == Transport.SOCKET
        ? run(objective, data, settings, progress).run()
        : runInMemory(objective, data, settings, progress);
  }

  private static TrainingRun runInMemory(
      Objective objective, TrainingData data, AsyncSettings settings, ProgressListener progress) {
    checkWorkers(data, settings);
    checkPushEvery(data, settings);
    try (MemoryRun run = MemoryRun.open(objective, data, settings, progress)) {
      return run.train();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while training", e);
    }
  }

  /** Like {@link #train}, with how the first shard stood at the end. */
  static AsyncRun.Outcome run(
      Objective objective, TrainingData data, AsyncSettings settings, ProgressListener progress) {
    if (settings.servers() > objective.model().numParameters()) {
      throw new InvalidInputException(
          "--servers %d: the model has only %d parameters"
              .formatted(settings.servers(), objective.model().numParameters()));
    }
    checkWorkers(data, settings);
    if (!settings.orders().equals(OrderFiles.none())
        && settings.durability().resumeFrom() != null) {
      throw new InvalidInputException(
          "--record-order and --replay-order: an order begins with its run, so not with --resume");
    }
    if (!settings.orders().equals(OrderFiles.none()) && settings.traffic().isLossy()) {
      throw new InvalidInputException(
          "--record-order and --replay-order need whole gradients: what --wire, --sparsify and"
              + " --kkt-filter keep back dies with a task, so a run cannot be repeated bit for"
              + " bit");
    }
    checkPushEvery(data, settings);
    if (settings.traffic().kktFilter()
        && !(settings.run().optimizer() instanceof Ftrl ftrl && ftrl.l1() > 0)) {
      throw new InvalidInputException(
          "--kkt-filter: only weights that an L1 penalty keeps at zero can be filtered; needs"
              + " --optimizer ftrl with an L1 threshold above 0");
    }
    try (AsyncRun run = AsyncRun.open(objective, data, settings, progress)) {
      return run.train();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while training", e);
    }
  }

  private static void checkPushEvery(TrainingData data, AsyncSettings settings) {
    int pushEvery = settings.traffic().pushEvery();
    int batch = settings.run().batchSize();
    if (pushEvery == 1) {
      return;
    }
    if (settings.transport() != Transport.SOCKET) {
      throw new InvalidInputException(
          "--push-every: nothing is pushed in shared memory; expected --transport socket");
    }
    if (batch == 0) {
      throw new InvalidInputException(
          "--push-every: a worker that uses all its examples for each gradient (--batch 0) has only"
              + " one mini-batch in an epoch");
    }
    for (int worker = 0; worker < data.numWorkers(); worker++) {
      long batches = Math.max(1, data.rowsPerWorker()[worker] / batch);
      if (pushEvery > batches) {
        throw new InvalidInputException(
            "--push-every %d: worker %d has %d mini-batches in an epoch; expected at most as many"
                .formatted(pushEvery, worker, batches));
      }
    }
  }

  private static void checkWorkers(TrainingData data, AsyncSettings settings) {
    if (settings.run().numWorkers() != data.numWorkers()) {
      throw new InvalidInputException(
          "--workers %d, but the data has %d partitions"
              .formatted(settings.run().numWorkers(), data.numWorkers()));
    }
  }
}
