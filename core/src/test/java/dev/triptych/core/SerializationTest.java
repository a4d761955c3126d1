package dev.triptych.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.loss.Losses;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StalenessHistogram;
import dev.triptych.core.training.WorkerActivity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What travels between the driver and the executors arrives as it left. */
class SerializationTest {
  @Test
  void blocksOfEveryLayoutArriveAsTheyLeft() {
    SplittableRandom random = new SplittableRandom(1);
    ExampleBlock sparse = RandomBlocks.sparse(random, 20, 9);
    ExampleBlock ones = RandomBlocks.sparse(random, 20, 9, true);
    for (ExampleBlock block :
        new ExampleBlock[] {sparse, ones, RandomBlocks.densified(sparse), ExampleBlock.empty(3)}) {
      ExampleBlock arrived = roundTrip(block);
      assertThat(arrived).usingRecursiveComparison().isEqualTo(block);
      assertThat(arrived.hasImplicitOnes()).isEqualTo(block.hasImplicitOnes());
      assertThat(arrived.isDense()).isEqualTo(block.isDense());
    }
  }

  @Test
  void anImplicitOneCostsNoValueOnTheWire() {
    ExampleBlock ones = RandomBlocks.sparse(new SplittableRandom(1), 1000, 20, true);
    assertThat(bytes(ones).length).isLessThan((int) (ones.numStored() * 4 + 1000 * 12 + 1000));
  }

  @ParameterizedTest
  @MethodSource("lossNames")
  void objectivesOfEveryLossGiveTheSameGradientAfterTheJourney(String loss) {
    Objective objective =
        new Objective(new LinearModel(Losses.byName(loss).orElseThrow(), 9, true), 0.1);
    Objective arrived = roundTrip(objective);
    SplittableRandom random = new SplittableRandom(2);
    ExampleBlock block = RandomBlocks.sparse(random, 20, 9);
    double[] weights = RandomBlocks.vector(random, 10, 2);
    double[] expected = new double[10];
    double[] actual = new double[10];
    objective.batchGradient(block, RandomBlocks.identity(20), 0, 20, weights, expected);
    arrived.batchGradient(block, RandomBlocks.identity(20), 0, 20, weights, actual);
    assertThat(actual).containsExactly(expected);
    assertThat(arrived.model().lossSum(block, weights))
        .isEqualTo(objective.model().lossSum(block, weights));
    assertThat(arrived).usingRecursiveComparison().isEqualTo(objective);
  }

  @ParameterizedTest
  @MethodSource("optimizerNames")
  void optimizersAndTheirStateContinueAfterTheJourney(String name) {
    Optimizer optimizer = Optimizers.byName(name).orElseThrow();
    SplittableRandom random = new SplittableRandom(3);
    double[] weights = RandomBlocks.vector(random, 6, 1);
    OptimizerState state = optimizer.newState(6);
    optimizer.apply(weights, RandomBlocks.vector(random, 6, 1), 0.1, state);
    Optimizer arrived = roundTrip(optimizer);
    OptimizerState arrivedState = roundTrip(state);
    double[] arrivedWeights = weights.clone();
    double[] gradient = RandomBlocks.vector(random, 6, 1);
    optimizer.apply(weights, gradient, 0.1, state);
    arrived.apply(arrivedWeights, gradient, 0.1, arrivedState);
    assertThat(arrivedWeights).containsExactly(weights);
    assertThat(arrivedState.numUpdates()).isEqualTo(2);
  }

  @Test
  void stragglersPrescribeTheSameDelaysAfterTheJourney() {
    Stragglers stragglers = Stragglers.of(1_000_000, true, Map.of(3, 10.0), 5);
    Stragglers arrived = roundTrip(stragglers);
    for (int worker = 0; worker < 5; worker++) {
      assertThat(arrived.totalNanos(worker, 9, 0)).isEqualTo(stragglers.totalNanos(worker, 9, 0));
    }
    assertThat(roundTrip(Stragglers.none()).isNone()).isTrue();
  }

  @Test
  void runSettingsArriveWithEveryField() {
    RunSettings settings =
        new RunSettings(
            8,
            2.5,
            64,
            new StepSize(StepSize.Schedule.INVERSE_SQRT, 0.3),
            Optimizers.byName("adam").orElseThrow(),
            0.35,
            42,
            Stragglers.of(7, false, Map.of(1, 2.0), 1),
            Duration.ofSeconds(90),
            50);
    assertThat(roundTrip(settings)).usingRecursiveComparison().isEqualTo(settings);
  }

  @Test
  void resultsOfWorkersAndServersArriveAsTheyLeft() {
    StalenessHistogram histogram = new StalenessHistogram();
    histogram.add(3);
    histogram.add(17);
    assertThat(roundTrip(histogram)).usingRecursiveComparison().isEqualTo(histogram);
    WorkerActivity activity = new WorkerActivity(2, 30, 1.5, 0.25);
    assertThat(roundTrip(activity)).isEqualTo(activity);
    FeatureFrequency frequency = new FeatureFrequency(10, new int[] {5, 0, 2});
    assertThat(roundTrip(frequency)).usingRecursiveComparison().isEqualTo(frequency);
  }

  static List<String> lossNames() {
    return Losses.names();
  }

  static List<String> optimizerNames() {
    return Optimizers.names();
  }

  @SuppressWarnings("unchecked")
  private static <T extends Serializable> T roundTrip(T object) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes(object)))) {
      return (T) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(Serializable object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }
}
