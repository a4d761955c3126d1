package dev.triptych.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.FactorizationMachine;
import dev.triptych.core.model.MatrixFactorization;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "synthetic:clicklog,features=500,nonzeros=7",
        "synthetic:gaussian,features=6",
        "synthetic:gaussian,features=6,classes=2",
        "synthetic:heterogeneous,features=6",
        "synthetic:interactions,features=60",
        "synthetic:interactions,features=100000000,groups=7",
        "synthetic:clicklog,features=100000000",
        "synthetic:ratings,users=20,items=30",
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
  void theOptimumOfAGeneratorIsThatOfItsRows() {
    ExampleGenerator generator = generator("synthetic:gaussian,features=3");
    LeastSquares ofRows = LeastSquares.solve(List.of(generator.rows(0, 2500)), 0.1);
    LeastSquares streamed = LeastSquares.solve(generator, 2500, 0.1);
    assertThat(streamed.objective()).isCloseTo(ofRows.objective(), within(1e-14));
    assertThat(streamed.gap()).isBetween(0.0, 1e-25);
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

  @ParameterizedTest
  @ValueSource(ints = {1_000, 1_000_000, 100_000_000})
  void frequenciesFollowZipfsLawFromAThousandFeaturesToAHundredMillion(int numFeatures) {
    // One field. Ranks r in [a, 10a) have the share Σ r^-1.1 / Σ_all, each a binomial count.
    int n = 100_000;
    ExampleBlock block =
        generator("synthetic:clicklog,nonzeros=1,features=" + numFeatures).rows(0, n);
    double[] counts = new double[9];
    double clicks = 0;
    for (int r = 0; r < n; r++) {
      counts[(int) Math.log10(block.columnAt(r, 0) + 1)]++;
      clicks += block.label(r) > 0 ? 1 : 0;
    }
    double[] mass = new double[9];
    double total = 0;
    for (int rank = 1; rank <= numFeatures; rank++) {
      double p = Math.exp(-1.1 * Math.log(rank));
      mass[decade(rank)] += p;
      total += p;
    }
    for (int k = 0; k < 9; k++) {
      double share = mass[k] / total;
      assertThat(counts[k] / n)
          .as("ranks from 1e" + k)
          .isCloseTo(share, within(4 * Math.sqrt(share * (1 - share) / n) + 1e-9));
    }
    assertThat(clicks / n).isBetween(0.15, 0.35);
  }

  private static int decade(int rank) {
    int decade = 0;
    for (int left = rank; left >= 10; left /= 10) {
      decade++;
    }
    return decade;
  }

  @Test
  void zipfSumsAreThoseOfTheSeriesBeyondWhatIsKept() {
    double sum = 0;
    for (int rank = 1; rank <= 1_000_000; rank++) {
      sum += Math.pow(rank, -Zipf.EXPONENT);
      if (rank == Zipf.HEAD || rank == Zipf.HEAD + 1 || rank == 1_000_000) {
        assertThat(Zipf.sum(rank)).isCloseTo(sum, within(1e-10));
      }
    }
    // Each rank's share ends where the next begins.
    for (int rank : new int[] {1, 2, 500, Zipf.HEAD, Zipf.HEAD + 1, 70_000, 999_999}) {
      assertThat(Zipf.index(Zipf.sum(rank) - 1e-9, 1_000_000)).isEqualTo(rank - 1);
      assertThat(Zipf.index(Zipf.sum(rank) + 1e-9, 1_000_000)).isEqualTo(rank);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 100_000_000})
  void clicksFollowTheLogisticModelOfTheKnownWeights(int numFeatures) {
    // At the true weights the gradient of the expected loss is 0: each coordinate of the sum over
    // rows of (sigmoid(s) - y) x has the variance Σ x sigmoid (1 - sigmoid).
    ClickLog generator = new ClickLog(numFeatures, 5, 7);
    int n = 100_000;
    ExampleBlock block = generator.rows(0, n);
    double[] gradient = new double[300];
    double[] variance = new double[300];
    double biasGradient = 0;
    double biasVariance = 0;
    double squares = 0;
    double scores = 0;
    for (int r = 0; r < n; r++) {
      double score = generator.offset();
      for (int k = 0; k < 5; k++) {
        score += generator.weight(block.columnAt(r, k));
      }
      double p = 1 / (1 + Math.exp(-score));
      double residual = p - (block.label(r) > 0 ? 1 : 0);
      biasGradient += residual;
      biasVariance += p * (1 - p);
      scores += score / n;
      squares += score * score / n;
      for (int k = 0; k < 5; k++) {
        if (block.columnAt(r, k) < 300) {
          gradient[block.columnAt(r, k)] += residual;
          variance[block.columnAt(r, k)] += p * (1 - p);
        }
      }
    }
    assertThat(biasGradient / Math.sqrt(biasVariance)).isBetween(-4.0, 4.0);
    for (int j = 0; j < 300; j++) {
      if (variance[j] > 30) {
        assertThat(gradient[j] / Math.sqrt(variance[j])).as("feature " + j).isBetween(-4.5, 4.5);
      }
    }
    assertThat(Math.sqrt(squares - scores * scores)).isCloseTo(1.5, within(0.05));
  }

  @Test
  void interactionsAreAFactorizationMachineOfTheKnownFactors() {
    Interactions generator = new Interactions(40, 5, 0, false, 3);
    ExampleBlock block = generator.rows(0, 500);
    FactorizationMachine machine =
        new FactorizationMachine(new SquaredLoss(), 40, 4, false, false, 1);
    double[] weights = new double[160];
    for (int j = 0; j < 40; j++) {
      System.arraycopy(generator.factors(j), 0, weights, 4 * j, 4);
    }
    double[] gradient = new double[160];
    assertThat(machine.addLossGradient(block, weights, 1, gradient)).isCloseTo(0, within(1e-20));
    assertThat(gradient).containsOnly(new double[160], within(1e-10));
  }

  @Test
  void ratingsAreOfKnownFactorsAndTheirNoiseIsTheBestReachableError() {
    int users = 50;
    int items = 80;
    LowRankRatings generator = new LowRankRatings(users, items, 3, 0.5, 9);
    int n = users * items;
    ExampleBlock rows = generator.rows(0, n);
    MatrixFactorization model =
        new MatrixFactorization(users, items, 3, true, LowRankRatings.MEAN, 1);
    double[] weights = new double[4 * (users + items)];
    double[] parameters = new double[4];
    for (int u = 0; u < users; u++) {
      generator.userParameters(u, parameters);
      System.arraycopy(parameters, 0, weights, 4 * u, 4);
    }
    for (int i = 0; i < items; i++) {
      generator.itemParameters(i, parameters);
      System.arraycopy(parameters, 0, weights, 4 * (users + i), 4);
    }
    BlockBuilder twoHot = new BlockBuilder(users + items);
    Set<Long> pairs = new HashSet<>();
    double squares = 0;
    double mean = 0;
    for (int r = 0; r < n; r++) {
      int user = (int) rows.valueAt(r, 0);
      int item = (int) rows.valueAt(r, 1);
      pairs.add((long) user * items + item);
      twoHot.addSparse(rows.label(r), new int[] {user, users + item}, new double[] {1, 1}, 2);
    }
    ExampleBlock block = twoHot.build();
    for (int r = 0; r < n; r++) {
      double residual = rows.label(r) - model.score(block, r, weights);
      squares += residual * residual / n;
      mean += residual / n;
    }
    // All pairs, each once; the estimate of the deviation has the deviation 0.5/sqrt(2n) = 0.0056.
    assertThat(pairs).hasSize(n);
    assertThat(Math.sqrt(squares)).isCloseTo(0.5, within(0.025));
    assertThat(mean).isCloseTo(0, within(4 * 0.5 / Math.sqrt(n)));
    // Without noise the known factors are an optimum: the gradient there is 0.
    ExampleBlock exact = new LowRankRatings(users, items, 3, 0, 9).rows(0, 1);
    assertThat(exact.label(0)).isCloseTo(model.score(block, 0, weights), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 100, 1023, 1025})
  void aShuffleIsAPermutation(long size) {
    Shuffle shuffle = new Shuffle(size, 5);
    Set<Long> seen = new HashSet<>();
    for (long i = 0; i < size; i++) {
      assertThat(shuffle.at(i)).isBetween(0L, size - 1);
      seen.add(shuffle.at(i));
    }
    assertThat(seen).hasSize((int) size);
  }

  @Test
  void aShuffleOfManyPairsEndsInItsRange() {
    Shuffle huge = new Shuffle(1L << 62, 5);
    assertThat(huge.at((1L << 62) - 1)).isBetween(0L, (1L << 62) - 1);
    assertThat(new Shuffle((1L << 60) + 1, 5).at(7)).isBetween(0L, 1L << 60);
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
