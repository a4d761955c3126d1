package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

  /** The number in "…, N fewer than in plain form". */
  private static long saved(TrainingRun run) {
    String words = String.valueOf(run.settings().get("bytes"));
    return Long.parseLong(words.substring(words.indexOf(',') + 2, words.indexOf(" fewer")));
  }

  private static TrainingRun train(Traffic traffic, Optimizer optimizer) {
    RunSettings run = Problems.settings(3, 12, 8, 0.5, optimizer);
    return AsyncTrainer.run(
            OBJECTIVE,
            Problems.data(SparkSessions.local2Context(), BLOCKS),
            AsyncSettings.of(run, 2, Deployment.DRIVER, Consistency.bsp()).withTraffic(traffic),
            ProgressListener.SILENT)
        .run();
  }
}
