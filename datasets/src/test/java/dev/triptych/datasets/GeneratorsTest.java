package dev.triptych.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.data.LibsvmParser;
import dev.triptych.core.loss.Loss.LabelKind;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorsTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "synthetic:clicklog,features=500,nonzeros=7",
        "synthetic:gaussian,features=6",
        "synthetic:gaussian,features=6,classes=2",
        "synthetic:heterogeneous,features=6",
      })
  void aRowDependsOnItsNumberAndTheSeedOnly(String text) {
    ExampleBlock all = generator(text).rows(0, 50);
    ExampleGenerator again = generator(text);
    for (int i = 49; i >= 0; i--) {
      assertThat(shown(again.rows(i, i + 1), 0)).isEqualTo(shown(all, i));
    }
    assertThat(shown(generator(text + ",seed=2").rows(0, 1), 0)).isNotEqualTo(shown(all, 0));
    assertThat(shown(all, 0)).isNotEqualTo(shown(all, 1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aQuarterOfTheClickLogIsClicksAndTheTrueModelIsUncertain(long seed) {
    ExampleBlock block =
        generator("synthetic:clicklog,features=10000,nonzeros=20,seed=" + seed).rows(0, 20_000);
    double clicks = 0;
    int[] counts = new int[10_000];
    block.countStored(counts);
    for (int r = 0; r < block.numRows(); r++) {
      clicks += block.label(r) == 1 ? 1 : 0;
      assertThat(block.rowLength(r)).isEqualTo(20);
    }
    assertThat(clicks / block.numRows()).isBetween(0.2, 0.3);
    assertThat(block.hasImplicitOnes()).isTrue();
    // Zipf's law: the commonest category of a field of 500 has a share of 1/H(500, 1.1) = 0.20,
    // the tenth 0.20/10^1.1 = 0.016; binomial deviations are 0.003 and 0.0009.
    assertThat(counts[0] / 20_000.0).isCloseTo(0.2, within(0.02));
    assertThat(counts[9] / 20_000.0).isCloseTo(0.016, within(0.005));
    assertThat(Arrays.stream(counts).filter(c -> c <= 20).count()).isGreaterThan(5000);
  }

  @Test
  void clicksFollowTheFeatures() {
    // Rows that agree in all informative features share their probability; a constant guess has
    // log loss H(0.25) = 0.562, so a model of single features must do clearly better somewhere.
    ExampleBlock block =
        generator("synthetic:clicklog,features=40,nonzeros=4,seed=3").rows(0, 50_000);
    double spread = 0;
    for (int j = 0; j < 40; j++) {
      double with = 0;
      double clicks = 0;
      for (int r = 0; r < block.numRows(); r++) {
        for (int k = 0; k < 4; k++) {
          if (block.columnAt(r, k) == j) {
            with++;
            clicks += block.label(r) == 1 ? 1 : 0;
          }
        }
      }
      if (with > 1000) {
        spread = Math.max(spread, Math.abs(clicks / with - 0.25));
      }
    }
    assertThat(spread).isGreaterThan(0.1);
  }

  @Test
  void gaussianFeaturesHaveTheVariancesAsked() {
    int n = 40_000;
    int d = 5;
    ExampleBlock block =
        generator("synthetic:gaussian,features=5,condition=100,noise=0").rows(0, n);
    double trace = 0;
    double labels = 0;
    for (int r = 0; r < n; r++) {
      trace += block.squaredNorm(r) / n;
      labels += block.label(r) * block.label(r) / n;
    }
    double expected = 0;
    for (int j = 0; j < d; j++) {
      expected += Math.pow(100, -j / 4.0);
    }
    // Deviations: trace sqrt(2 Σ v²/n) < 0.01, second moment of the labels sqrt(2/n) = 0.007.
    assertThat(trace).isCloseTo(expected, within(0.05));
    assertThat(labels).isCloseTo(1, within(0.04));
  }

  @Test
  void withoutNoiseTheTrueWeightsAreTheOptimumOfLeastSquares() {
    Gaussian generator = new Gaussian(20, 50, 0, false, 4);
    LeastSquares optimum =
        LeastSquares.solve(List.of(generator.rows(0, 300), generator.rows(300, 500)), 0);
    assertThat(optimum.objective()).isCloseTo(0, within(1e-20));
    assertThat(optimum.weights()).containsExactly(generator.weights(), within(1e-9));
  }

  @Test
  void theCertifiedOptimumIsBelowEveryNearbyPoint() {
    List<ExampleBlock> blocks =
        List.of(generator("synthetic:gaussian,features=8,noise=1").rows(0, 400));
    double lambda = 0.01;
    LeastSquares optimum = LeastSquares.solve(blocks, lambda);
    assertThat(optimum.gap()).isBetween(0.0, 1e-25);
    for (int j = 0; j < 8; j++) {
      for (double step : new double[] {-1e-3, 1e-3}) {
        double[] w = optimum.weights().clone();
        w[j] += step;
        double value = 0;
        double squares = 0;
        for (int r = 0; r < 400; r++) {
          value += Math.pow(blocks.get(0).dot(r, w) - blocks.get(0).label(r), 2) / 800;
        }
        for (double x : w) {
          squares += x * x;
        }
        // The second derivative is at least λ.
        assertThat(value + lambda / 2 * squares)
            .isGreaterThanOrEqualTo(optimum.objective() + lambda / 2 * step * step - 1e-15);
      }
    }
  }

  @Test
  void heterogeneousLabelsComeFromClustersOfTheirOwn() {
    ExampleBlock block =
        generator("synthetic:heterogeneous,features=10,groups=2,shift=8").rows(0, 4000);
    double[] positive = new double[10];
    double[] negative = new double[10];
    double positives = 0;
    for (int r = 0; r < 4000; r++) {
      block.addRow(r, 1, block.label(r) > 0 ? positive : negative);
      positives += block.label(r) > 0 ? 1 : 0;
    }
    double distance = 0;
    for (int j = 0; j < 10; j++) {
      distance += Math.pow(positive[j] / positives - negative[j] / (4000 - positives), 2);
    }
    assertThat(positives / 4000).isCloseTo(0.5, within(0.05));
    assertThat(Math.sqrt(distance)).isGreaterThan(3);
  }

  @Test
  void whatIsWrittenIsReadBackExactly() throws IOException {
    ExampleGenerator generator = generator("synthetic:gaussian,features=4");
    Path file = dir.resolve("folder/made.libsvm.gz");
    LibsvmWriter.write(generator, 0, 5000, file);
    BlockBuilder rows = new BlockBuilder(4);
    try (InputStreamReader in =
        new InputStreamReader(
            new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII)) {
      new LibsvmParser(LabelRule.of(LabelKind.REAL), 4).read("made", in, rows);
    }
    ExampleBlock read = rows.build();
    ExampleBlock made = generator.rows(0, 5000);
    assertThat(read.numRows()).isEqualTo(5000);
    for (int r = 0; r < 5000; r++) {
      assertThat(shown(read, r)).isEqualTo(shown(made, r));
    }
    assertThat(file.getParent()).isDirectoryContaining("glob:**.gz");
    assertThat(Files.list(file.getParent())).hasSize(1);
    assertThatThrownBy(() -> LibsvmWriter.write(generator, 0, 1, file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": exists already");
  }

  private static ExampleGenerator generator(String text) {
    return SyntheticSpec.parse(text).generator();
  }

  private static String shown(ExampleBlock block, int row) {
    StringBuilder text = new StringBuilder().append(block.label(row));
    for (int k = 0; k < block.rowLength(row); k++) {
      text.append(' ').append(block.columnAt(row, k)).append(':').append(block.valueAt(row, k));
    }
    return text.toString();
  }
}
