package dev.triptych.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Losses;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MLlib minimises our objective, not a relative of it: at its solution our gradient vanishes. */
@Timeout(120)
class MllibTrainerIT {
  private static final long SEED = 3;
  private static final int FEATURES = 5;
  private static final int ROWS = 400;

  @ParameterizedTest
  @CsvSource({"logistic,false", "logistic,true", "linear,false", "linear,true"})
  void ourGradientVanishesWhereMllibEnds(String loss, boolean intercept) {
    ExampleBlock block = block(loss.equals("linear"));
    Objective objective =
        new Objective(
            new LinearModel(Losses.byName(loss).orElseThrow(), FEATURES, intercept), 0.05);
    TrainingRun run =
        new MllibTrainer()
            .train(
                objective,
                DataLoader.fromBlocks(SparkSessions.local2Context(), List.of(block)),
                settings(),
                ProgressListener.SILENT);
    double[] gradient = new double[objective.model().numParameters()];
    objective.batchGradient(
        block, IntStream.range(0, ROWS).toArray(), 0, ROWS, run.weights(), gradient);
    assertThat(gradient)
        .as("seed %d", SEED)
        .containsExactly(new double[gradient.length], within(1e-3));
  }

  private static RunSettings settings() {
    return new RunSettings(
        1,
        1,
        0,
        StepSize.constant(1),
        new Sgd(),
        null,
        SEED,
        Stragglers.none(),
        Duration.ofSeconds(60),
        4);
  }

  /** Features of different scales, so that standardisation or a wrong penalty would show. */
  private static ExampleBlock block(boolean real) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] labels = new double[ROWS];
    double[] values = new double[ROWS * FEATURES];
    for (int r = 0; r < ROWS; r++) {
      double score = 1;
      for (int j = 0; j < FEATURES; j++) {
        values[r * FEATURES + j] = random.nextDouble(-1, 1) * (j + 1);
        score += values[r * FEATURES + j] * (j % 2 == 0 ? 0.5 : -0.3);
      }
      double noisy = score + random.nextDouble(-2, 2);
      labels[r] = real ? 7 * noisy : noisy > 0 ? 1 : -1;
    }
    return ExampleBlock.dense(FEATURES, labels, values);
  }
}
