package dev.triptych.spark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.testing.GeneratedData;
import dev.triptych.testing.SparkSessions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassWeightsIT {
  private static final int FEATURES = 5;
  private static final double[] SOMEWHERE = {.3, -1, .2, .5, -.4, .1};

  @Test
  void aClassThatCountsThreeTimesIsThatClassThreeTimesInTheData() {
    List<ExampleBlock> blocks = GeneratedData.logistic(2, 200, FEATURES, 5);
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), 0.01);
    BlockBuilder repeated = new BlockBuilder(FEATURES);
    for (ExampleBlock block : blocks) {
      for (int r = 0; r < block.numRows(); r++) {
        for (int times = 0; times < (block.label(r) > 0 ? 3 : 1); times++) {
          repeated.addRowOf(block, r);
        }
      }
    }
    TrainingData data = load(blocks);
    TrainingData weighted = ClassWeights.parse("0=1,1=3", LabelKind.BINARY).weigh(data);
    assertThat(value(objective, weighted.blocks().collect()))
        .isCloseTo(value(objective, List.of(repeated.build())), within(1e-14))
        .isNotCloseTo(value(objective, blocks), within(1e-3));
    assertThat(weighted.numRows()).isEqualTo(400);
    assertThat(weighted.test()).isSameAs(data.test());
    weighted.blocks().unpersist();
  }

  @Test
  void balancedClassesHaveTheSameShareOfTheLossAndWeightsWithMeanOne() {
    TrainingData data = load(GeneratedData.logistic(2, 200, FEATURES, 5));
    TrainingData weighted = ClassWeights.parse("balanced", LabelKind.BINARY).weigh(data);
    double positive = 0;
    double negative = 0;
    for (ExampleBlock block : weighted.blocks().collect()) {
      for (int r = 0; r < block.numRows(); r++) {
        if (block.label(r) > 0) {
          positive += block.weight(r);
        } else {
          negative += block.weight(r);
        }
      }
    }
    assertThat(positive).isCloseTo(200, within(1e-10));
    assertThat(negative).isCloseTo(200, within(1e-10));
    weighted.blocks().unpersist();
  }

  @Test
  void aClassThatDoesNotOccurIsRefused() {
    TrainingData data = load(GeneratedData.logistic(2, 20, FEATURES, 5));
    assertThatThrownBy(() -> ClassWeights.parse("7=2", LabelKind.CLASS).weigh(data))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--class-weights: no example has the label 7");
    data.blocks().unpersist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BINARY | 2=1 | got \"2=1\"",
        "BINARY | 0=1,-1=2 | class -1 is named twice",
        "CLASS | 0=0 | got \"0=0\"",
        "CLASS | 0.5=1 | got \"0.5=1\"",
        "CLASS | 0=1, | got \"\"",
        "CLASS | balance | expected balanced",
        "CLASS | 1=nan | got \"1=nan\"",
        "REAL | balanced | has no classes",
      })
  void whatIsNoWeightsOfClassesIsRefused(LabelKind kind, String text, String why) {
    assertThatThrownBy(() -> ClassWeights.parse(text, kind))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(why);
  }

  private static TrainingData load(List<ExampleBlock> blocks) {
    return DataLoader.fromBlocks(SparkSessions.local2Context(), blocks);
  }

  private static double value(Objective objective, List<ExampleBlock> blocks) {
    double sum = 0;
    long n = 0;
    for (ExampleBlock block : blocks) {
      sum += objective.model().lossSum(block, SOMEWHERE);
      n += block.numRows();
    }
    return objective.value(sum, n, SOMEWHERE);
  }
}
