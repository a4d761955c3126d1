package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.traffic.Compression;
import dev.triptych.async.traffic.Sparsification;
import dev.triptych.async.traffic.Traffic;
import dev.triptych.async.traffic.ValueFormat;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.Ftrl;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each way to send less saves, and what it does to the objective; sparse click-like data. */
@Timeout(120)
class TrafficIT {
  private static final List<ExampleBlock> BLOCKS = Problems.sparseLogistic(3, 400, 5000, 10);
  private static final Objective OBJECTIVE =
      new Objective(new LinearModel(new LogisticLoss(), 5000, true), 1e-3);

  @Test
  void everyFormatSavesBytesAndStaysNearTheObjectiveOfThePlainOne() {
    // bsp: every run sees the same mini-batches in the same order
    TrainingRun plain = train(Traffic.plain(), new AdaGrad());
    long bytes = plain.bytesSent();
    assertThat(saved(plain)).as("keys alone").isGreaterThan(bytes / 8);

    TrainingRun float32 = train(Traffic.plain().withValues(ValueFormat.FLOAT32), new AdaGrad());
    assertThat(float32.bytesSent()).isLessThan(bytes * 65 / 100);
    assertThat(float32.finalObjective())
        .isBetween(plain.finalObjective() - 1e-5, plain.finalObjective() + 1e-5);
    assertThat(float32.settings()).containsEntry("wire", "float32");

    TrainingRun int8 = train(Traffic.plain().withValues(ValueFormat.INT8), new AdaGrad());
    assertThat(int8.bytesSent()).isLessThan(bytes * 52 / 100);
    assertThat(int8.finalObjective()).isLessThan(plain.finalObjective() + 0.01);

    TrainingRun topK =
        train(Traffic.plain().withSparsification(Sparsification.topK(0.2)), new AdaGrad());
    assertThat(topK.bytesSent()).isLessThan(bytes * 70 / 100);
    assertThat(topK.finalObjective()).isLessThan(plain.finalObjective() + 0.05);
    assertThat(saved(topK)).isGreaterThan(saved(plain));
  }

  @Test
  void compressionLosesNothing() {
    TrainingRun plain = train(Traffic.plain(), new AdaGrad());
    for (Compression codec : List.of(Compression.LZ4, Compression.ZSTD, Compression.SNAPPY)) {
      TrainingRun compressed = train(Traffic.plain().withCompression(codec), new AdaGrad());
      assertThat(Arrays.equals(compressed.weights(), plain.weights())).as("%s", codec).isTrue();
      assertThat(compressed.settings()).containsEntry("compression", codec.optionName());
      if (codec == Compression.ZSTD) {
        assertThat(compressed.bytesSent()).isLessThan(plain.bytesSent());
      }
    }
  }

  @Test
  void theKktFilterSavesBytesWithFtrlAndIsRefusedWithoutAnL1Threshold() {
    Optimizer ftrl = new Ftrl(1, 1, 0);
    TrainingRun plain = train(Traffic.plain(), ftrl);
    TrainingRun filtered = train(Traffic.plain().withKktFilter(true), ftrl);
    assertThat(filtered.bytesSent()).isLessThan(plain.bytesSent() * 85 / 100);
    assertThat(filtered.finalObjective()).isLessThan(plain.finalObjective() + 0.02);
    for (Optimizer other : List.of(new AdaGrad(), new Ftrl(1, 0, 0))) {
      assertThatThrownBy(() -> train(Traffic.plain().withKktFilter(true), other))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("--kkt-filter");
    }
  }

  /** H mini-batches in a row have the examples of one that is H times as large. */
  @Test
  void coalescedPushesOfFourMiniBatchesAreThePushesOfOneFourTimesAsLargeBitForBit() {
    Objective dense =
        new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);
    List<ExampleBlock> rows = Problems.logistic(3, 400);
    for (Consistency consistency : List.of(Consistency.bsp(), Consistency.ssp(0))) {
      RunSettings small = Problems.settings(3, 4, 10, 0.5, new AdaGrad());
      RunSettings large = Problems.settings(3, 4, 40, 0.5, new AdaGrad());
      Traffic coalesced = Traffic.plain().withPushEvery(4);
      TrainingRun smallDense = train(dense, rows, small, consistency, coalesced);
      assertThat(smallDense.weights())
          .containsExactly(train(dense, rows, large, consistency, Traffic.plain()).weights());
      assertThat(smallDense.bytesSent())
          .isLessThan(train(dense, rows, small, consistency, Traffic.plain()).bytesSent() * 3 / 10);
      TrainingRun sparse = train(OBJECTIVE, BLOCKS, small, consistency, coalesced);
      assertThat(sparse.settings())
          .containsEntry("gradients", "sparse")
          .containsEntry("push-every", "4 mini-batches");
      TrainingRun sparseLarge = train(OBJECTIVE, BLOCKS, large, consistency, Traffic.plain());
      assertThat(sparse.weights()).containsExactly(sparseLarge.weights());
      assertThat(sparse.updates()).isEqualTo(sparseLarge.updates()).isEqualTo(40);
      assertThat(sparse.batches()).as("mini-batches, not pushes").isEqualTo(3 * 160);
      assertThat(sparse.trace().get(sparse.trace().size() - 1).epochs()).isEqualTo(4);
    }
  }

  /** 33 rows, mini-batches of 10: three in an epoch, two behind a push, across epochs. */
  @Test
  void aPushIsTheMeanOfItsMiniBatchesAcrossTheBordersOfEpochs() {
    Objective dense =
        new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);
    List<ExampleBlock> rows = Problems.logistic(2, 33);
    RunSettings run = Problems.settings(2, 10, 10, 0.5, new AdaGrad());
    TrainingRun trained =
        train(dense, rows, run, Consistency.bsp(), Traffic.plain().withPushEvery(2));
    assertThat(trained.weights())
        .containsExactly(Problems.serial(dense, rows, run, 2, trained.updates()), within(1e-12));
  }

  @Test
  void coalescedPushesSaveBytesWithEveryOtherWayToSendLess() {
    RunSettings run = Problems.settings(3, 12, 8, 0.5, new AdaGrad());
    for (Traffic traffic :
        List.of(
            Traffic.plain(),
            Traffic.plain().withValues(ValueFormat.INT8).withCompression(Compression.ZSTD),
            Traffic.plain().withSparsification(Sparsification.topK(0.2)))) {
      TrainingRun each = train(OBJECTIVE, BLOCKS, run, Consistency.bsp(), traffic);
      TrainingRun coalesced =
          train(OBJECTIVE, BLOCKS, run, Consistency.bsp(), traffic.withPushEvery(4));
      assertThat(coalesced.updates()).isEqualTo(each.updates() / 4);
      assertThat(coalesced.bytesSent()).isLessThan(each.bytesSent() * 9 / 10);
      // as many examples, a quarter of the updates; rare features are in one mini-batch of four
      assertThat(coalesced.finalObjective()).isLessThan(each.finalObjective() + 0.1);
    }
  }

  @Test
  void whatCannotBeCoalescedIsRefused() {
    Traffic coalesced = Traffic.plain().withPushEvery(51);
    RunSettings run = Problems.settings(3, 1, 8, 0.5, new AdaGrad());
    assertThatThrownBy(() -> train(OBJECTIVE, BLOCKS, run, Consistency.asp(), coalesced))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "--push-every 51: worker 0 has 50 mini-batches in an epoch; expected at most as many");
    RunSettings full = Problems.settings(3, 1, 0, 0.5, new AdaGrad());
    assertThatThrownBy(() -> train(OBJECTIVE, BLOCKS, full, Consistency.asp(), coalesced))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("--push-every: ")
        .hasMessageContaining("--batch 0");
  }

  @Test
  void aRecordedRunOfCoalescedPushesRepeatsBitForBitAndOnlyWithAsMany(@TempDir Path folder) {
    Path file = folder.resolve("order");
    RunSettings run = Problems.settings(3, 6, 8, 0.5, new AdaGrad());
    AsyncSettings settings =
        AsyncSettings.of(run, 2, Deployment.DRIVER, Consistency.asp())
            .withTraffic(Traffic.plain().withPushEvery(3));
    TrainingRun recorded =
        train(OBJECTIVE, BLOCKS, settings.withOrders(OrderFiles.recording(file)));
    AsyncSettings replay = settings.withOrders(OrderFiles.replaying(file));
    assertThat(train(OBJECTIVE, BLOCKS, replay).weights()).containsExactly(recorded.weights());
    assertThatThrownBy(
            () -> train(OBJECTIVE, BLOCKS, replay.withTraffic(Traffic.plain().withPushEvery(2))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--replay-order");
  }

  /** The number in "…, N fewer than in plain form". */
  private static long saved(TrainingRun run) {
    String words = String.valueOf(run.settings().get("bytes"));
    return Long.parseLong(words.substring(words.indexOf(',') + 2, words.indexOf(" fewer")));
  }

  private static TrainingRun train(Traffic traffic, Optimizer optimizer) {
    RunSettings run = Problems.settings(3, 12, 8, 0.5, optimizer);
    return train(OBJECTIVE, BLOCKS, run, Consistency.bsp(), traffic);
  }

  private static TrainingRun train(
      Objective objective,
      List<ExampleBlock> blocks,
      RunSettings run,
      Consistency consistency,
      Traffic traffic) {
    return train(
        objective,
        blocks,
        AsyncSettings.of(run, 2, Deployment.DRIVER, consistency).withTraffic(traffic));
  }

  private static TrainingRun train(
      Objective objective, List<ExampleBlock> blocks, AsyncSettings settings) {
    return AsyncTrainer.run(
            objective,
            Problems.data(SparkSessions.local2Context(), blocks),
            settings,
            ProgressListener.SILENT)
        .run();
  }
}
